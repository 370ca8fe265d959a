#include "decode/roster.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <csignal>

#include "decode/protocol.hpp"

namespace gannet::decode {
namespace {

using Act = Roster::Act;

const Fault death{Reason::decode_crashed, "the worker died: Segmentation fault"};

struct RosterTest : testing::Test {
  TimePoint now{std::chrono::hours{1}};

  // The workers are there and wait.
  static Roster with_workers(unsigned count, unsigned images = 1000, TimePoint at = TimePoint{std::chrono::hours{1}}) {
    Roster roster({.workers = count, .time = seconds{20}, .images = images});
    for (unsigned seat = 0; seat < count; ++seat) {
      EXPECT_EQ(roster.next(at).act, Act::spawn);
      roster.born(seat);
    }
    EXPECT_EQ(roster.next(at).act, Act::wait);
    return roster;
  }

  void expect_given(Roster& roster, Roster::Image image, Roster::Seat seat) {
    const auto action = roster.next(now);
    ASSERT_EQ(action.act, Act::give);
    EXPECT_EQ(action.image, image);
    EXPECT_EQ(action.seat, seat);
  }

  void expect_ended(Roster& roster, Roster::Seat seat) {
    const auto action = roster.next(now);
    EXPECT_EQ(action.act, Act::end);
    EXPECT_EQ(action.seat, seat);
  }

  void expect_reborn(Roster& roster, Roster::Seat seat) {
    const auto action = roster.next(now);
    ASSERT_EQ(action.act, Act::spawn);
    EXPECT_EQ(action.seat, seat);
    roster.born(seat);
  }
};

TEST_F(RosterTest, GivesAnImageToEachWorkerAndTheRestAsTheyReply) {
  auto roster = with_workers(2);
  for (Roster::Image image = 1; image <= 3; ++image) roster.add(image);
  expect_given(roster, 1, 0);
  expect_given(roster, 2, 1);
  EXPECT_EQ(roster.next(now).act, Act::wait);
  EXPECT_EQ(roster.waiting(), 1u);
  roster.replied(1);
  expect_given(roster, 3, 1);
  roster.replied(0);
  EXPECT_FALSE(roster.idle());
  roster.replied(1);
  EXPECT_TRUE(roster.idle());
}

TEST_F(RosterTest, TriesAnImageOnceMoreOnAFreshWorkerBeforeItFails) {
  auto roster = with_workers(2);
  roster.add(7);
  expect_given(roster, 7, 0);
  roster.died(0, death, now);
  expect_reborn(roster, 0);
  expect_given(roster, 7, 0);
  roster.died(0, death, now);
  const auto action = roster.next(now);
  ASSERT_EQ(action.act, Act::settle);
  EXPECT_EQ(action.image, 7u);
  EXPECT_EQ(action.fault.reason, Reason::decode_crashed);
  EXPECT_EQ(action.fault.detail, "the worker died: Segmentation fault, twice");
  expect_reborn(roster, 0);
  EXPECT_EQ(roster.next(now).act, Act::wait);
}

TEST_F(RosterTest, ReplacesAWorkerThatDiedOfAnImageAtOnce) {
  auto roster = with_workers(1);
  for (int i = 0; i < 50; ++i) {
    roster.add(static_cast<Roster::Image>(i));
    expect_given(roster, static_cast<Roster::Image>(i), 0);
    roster.died(0, death, now);
    expect_reborn(roster, 0);
    expect_given(roster, static_cast<Roster::Image>(i), 0);
    roster.replied(0);
    EXPECT_EQ(roster.next(now).act, Act::wait);
  }
}

TEST_F(RosterTest, OthersGoOnWhileOneIsTriedAgain) {
  auto roster = with_workers(2);
  roster.add(1);
  roster.add(2);
  expect_given(roster, 1, 0);
  expect_given(roster, 2, 1);
  roster.replied(1);
  roster.add(3);
  roster.died(0, death, now);
  expect_reborn(roster, 0);
  expect_given(roster, 1, 0);  // not to the other, which has seen something
  expect_given(roster, 3, 1);
}

TEST_F(RosterTest, EndsAWorkerThatIsLate) {
  auto roster = with_workers(1);
  roster.add(1);
  expect_given(roster, 1, 0);
  EXPECT_EQ(roster.wake(), now + seconds{20});
  now = roster.wake();
  auto action = roster.next(now);
  EXPECT_EQ(action.act, Act::end);
  EXPECT_EQ(roster.next(now).act, Act::wait);  // once is enough
  roster.died(0, {Reason::decode_crashed, "killed"}, now);
  expect_reborn(roster, 0);
  expect_given(roster, 1, 0);
  now += seconds{20};
  EXPECT_EQ(roster.next(now).act, Act::end);
  roster.died(0, {Reason::decode_crashed, "killed"}, now);
  action = roster.next(now);
  ASSERT_EQ(action.act, Act::settle);
  EXPECT_EQ(action.fault.reason, Reason::decode_timeout);  // what it was ended for, not how
}

TEST_F(RosterTest, EndsAWorkerThatLies) {
  auto roster = with_workers(1);
  roster.add(1);
  for (int i = 0; i < 2; ++i) {
    expect_given(roster, 1, 0);
    roster.lied(0, "nonsense");
    EXPECT_EQ(roster.next(now).act, Act::end);
    roster.replied(0);  // too late to be believed
    roster.died(0, death, now);
    if (i == 0) expect_reborn(roster, 0);
  }
  const auto action = roster.next(now);
  ASSERT_EQ(action.act, Act::settle);
  EXPECT_EQ(action.fault.reason, Reason::decode_crashed);
  EXPECT_EQ(action.fault.detail, "nonsense, twice");
}

TEST_F(RosterTest, PausesLongerEachTimeWhenWorkersDieBeforeTheyGetAnything) {
  Roster roster({.workers = 1});
  milliseconds last{0};
  for (int i = 0; i < 12; ++i) {
    ASSERT_EQ(roster.next(now).act, Act::spawn);
    roster.died(0, death, now);
    EXPECT_EQ(roster.next(now).act, Act::wait);
    const auto pause = std::chrono::duration_cast<milliseconds>(roster.wake() - now);
    EXPECT_GE(pause, last);
    EXPECT_GT(pause, milliseconds{50});
    EXPECT_LE(pause, seconds{30});
    last = pause;
    now = roster.wake();
  }
  EXPECT_EQ(last, seconds{30});
}

TEST_F(RosterTest, EndsAWorkerThatDoesNotStart) {
  Roster roster({.workers = 1});
  ASSERT_EQ(roster.next(now).act, Act::spawn);
  now = roster.wake();
  EXPECT_EQ(roster.next(now).act, Act::end);
}

TEST_F(RosterTest, EndsAWorkerAgainOfWhoseEndItHearsNothing) {
  auto roster = with_workers(1);
  roster.add(1);
  expect_given(roster, 1, 0);
  now += seconds{20};
  EXPECT_EQ(roster.next(now).act, Act::end);
  EXPECT_EQ(roster.next(now).act, Act::wait);
  now = roster.wake();
  EXPECT_EQ(roster.next(now).act, Act::end);
  roster.died(0, death, now);
  expect_reborn(roster, 0);
  expect_given(roster, 1, 0);
}

TEST_F(RosterTest, RenewsWorkersAfterTheImageThatTheyHave) {
  auto roster = with_workers(2);
  roster.add(1);
  expect_given(roster, 1, 0);
  roster.renew();
  expect_ended(roster, 1);
  EXPECT_EQ(roster.next(now).act, Act::wait);
  roster.died(1, {}, now);
  expect_reborn(roster, 1);
  roster.replied(0);
  expect_ended(roster, 0);
  roster.died(0, {}, now);
  expect_reborn(roster, 0);
  EXPECT_EQ(roster.next(now).act, Act::wait);
}

TEST_F(RosterTest, AWorkerIsReplacedAfterSoManyImages) {
  auto roster = with_workers(1, 2);
  for (Roster::Image image = 1; image <= 3; ++image) roster.add(image);
  for (Roster::Image image = 1; image <= 2; ++image) {
    expect_given(roster, image, 0);
    roster.replied(0);
  }
  EXPECT_EQ(roster.next(now).act, Act::end);
  roster.died(0, death, now);
  expect_reborn(roster, 0);
  expect_given(roster, 3, 0);
}

TEST_F(RosterTest, HasMoreOrFewerWorkersAfterAReload) {
  auto roster = with_workers(2);
  roster.apply({.workers = 1});
  expect_ended(roster, 1);
  roster.died(1, death, now);
  EXPECT_EQ(roster.next(now).act, Act::wait);
  roster.apply({.workers = 3});
  EXPECT_EQ(roster.next(now).seat, 1u);
  EXPECT_EQ(roster.next(now).seat, 2u);
}

TEST(FaultOf, SaysHowAProcessEnded) {
  EXPECT_EQ(fault_of(SIGXCPU).reason, Reason::decode_timeout);
  EXPECT_EQ(fault_of(SIGSEGV).reason, Reason::decode_crashed);
  EXPECT_NE(fault_of(SIGSEGV).detail.find("Segmentation fault"), std::string::npos);
  EXPECT_NE(fault_of(SIGSYS).detail.find("forbidden"), std::string::npos);
  EXPECT_NE(fault_of(W_EXITCODE(exit_unlocked, 0)).detail.find("lock itself in"), std::string::npos);
  EXPECT_NE(fault_of(W_EXITCODE(3, 0)).detail.find("exit code 3"), std::string::npos);
}

}  // namespace
}  // namespace gannet::decode
