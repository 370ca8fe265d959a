#include "net/deadlines.hpp"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <memory>

#include "net/run.hpp"

namespace gannet::net {
namespace {

// Far enough in both directions that how fast the machine is does not matter.
const auto past = [] { return Clock::now() - 1h; };
const auto future = [] { return Clock::now() + 1h; };

class DeadlinesTest : public testing::Test {
 protected:
  // Turns the loop until no timer is left, which a deadline in an hour would prevent.
  void expect_to_fall_asleep() {
    if (io.stopped()) io.restart();
    io.run_for(30s);
    EXPECT_TRUE(io.stopped());
  }

  boost::asio::io_context io;
  Deadlines deadlines{io};
  int expiries = 0;
  Deadline deadline{deadlines, [this] { ++expiries; }};
};

TEST_F(DeadlinesTest, ExpiresOnceWithTheReasonItWasArmedWith) {
  deadline.arm(past(), Reason::idle_timeout);
  EXPECT_EQ(deadline.expired(), Reason::none);
  expect_to_fall_asleep();
  EXPECT_EQ(expiries, 1);
  EXPECT_EQ(deadline.expired(), Reason::idle_timeout);
}

TEST_F(DeadlinesTest, TellsOnceForHowLongTheLaneWasKeptFromThem) {
  const auto stalled = Deadlines::resolution + 10ms;
  deadline.arm(past(), Reason::idle_timeout);
  boost::asio::post(io, [stalled] {
    for (const auto begin = Clock::now(); Clock::now() < begin + stalled;) {
    }
  });
  expect_to_fall_asleep();
  EXPECT_GE(deadlines.take_longest_stall(), 9ms);
  EXPECT_EQ(deadlines.take_longest_stall(), 0ms);
}

TEST_F(DeadlinesTest, TellsOfAStallWhileItLasts) {
  deadline.arm(future(), Reason::idle_timeout);
  const auto stalled = Deadlines::resolution + 10ms;
  for (const auto begin = Clock::now(); Clock::now() < begin + stalled;) {
  }
  EXPECT_GE(deadlines.take_longest_stall(), 9ms);
  EXPECT_GE(deadlines.take_longest_stall(), 9ms);
  deadline.disarm();
  expect_to_fall_asleep();
  deadlines.take_longest_stall();
  EXPECT_EQ(deadlines.take_longest_stall(), 0ms);
}

TEST_F(DeadlinesTest, ALoopThatIsBusyLooksAtThemBetweenItsSteps) {
  deadline.arm(past(), Reason::idle_timeout);
  deadlines.look();
  EXPECT_EQ(expiries, 0);
  for (const auto begin = Clock::now(); Clock::now() < begin + Deadlines::resolution;) {
  }
  deadlines.look();
  EXPECT_EQ(expiries, 1);
  expect_to_fall_asleep();
}

TEST_F(DeadlinesTest, OnlyWhatIsDueExpires) {
  Deadline due(deadlines, [] {});
  deadline.arm(future(), Reason::idle_timeout);
  due.arm(past(), Reason::total_timeout);
  while (due.expired() == Reason::none) turn_once(io);
  EXPECT_EQ(expiries, 0);
  EXPECT_EQ(deadline.expired(), Reason::none);
}

TEST_F(DeadlinesTest, RearmingMovesIt) {
  deadline.arm(past(), Reason::idle_timeout);
  deadline.arm(future(), Reason::total_timeout);
  Deadline due(deadlines, [] {});
  due.arm(past(), Reason::idle_timeout);
  while (due.expired() == Reason::none) turn_once(io);
  EXPECT_EQ(expiries, 0);
  deadline.arm(past(), Reason::first_byte_timeout);
  expect_to_fall_asleep();
  EXPECT_EQ(deadline.expired(), Reason::first_byte_timeout);
}

TEST_F(DeadlinesTest, CanBeArmedAgainAfterItExpired) {
  deadline.arm(past(), Reason::idle_timeout);
  expect_to_fall_asleep();
  deadline.arm(past(), Reason::total_timeout);
  EXPECT_EQ(deadline.expired(), Reason::none);
  expect_to_fall_asleep();
  EXPECT_EQ(expiries, 2);
  EXPECT_EQ(deadline.expired(), Reason::total_timeout);
}

TEST_F(DeadlinesTest, DisarmedNeverExpiresAndLeavesNoTimerRunning) {
  deadline.arm(future(), Reason::idle_timeout);
  deadline.disarm();
  deadline.disarm();
  expect_to_fall_asleep();
  EXPECT_EQ(expiries, 0);
  EXPECT_EQ(deadline.expired(), Reason::none);
}

TEST_F(DeadlinesTest, NoTimerRunsBeforeTheFirstIsArmed) { EXPECT_EQ(io.poll(), 0u); }

TEST_F(DeadlinesTest, DestroyedWhileArmedIsForgotten) {
  auto doomed = std::make_unique<Deadline>(deadlines, [this] { ++expiries; });
  doomed->arm(past(), Reason::idle_timeout);
  doomed.reset();
  expect_to_fall_asleep();
  EXPECT_EQ(expiries, 0);
}

TEST_F(DeadlinesTest, OneExpiryMayDestroyAllOthers) {
  std::vector<std::unique_ptr<Deadline>> others;
  const auto destroy = [&] { others.clear(); };
  Deadline first(deadlines, destroy);
  first.arm(past(), Reason::idle_timeout);
  for (int i = 0; i < 3; ++i) {
    others.push_back(std::make_unique<Deadline>(deadlines, [this] { ++expiries; }));
    others.back()->arm(past(), Reason::idle_timeout);
  }
  expect_to_fall_asleep();
  EXPECT_EQ(first.expired(), Reason::idle_timeout);
  EXPECT_EQ(expiries, 0);
}

TEST_F(DeadlinesTest, ShutDownExpiresWhatIsArmedAtOnceAsCancelled) {
  deadline.arm(future(), Reason::idle_timeout);
  deadlines.shut_down();
  EXPECT_EQ(expiries, 1);
  EXPECT_EQ(deadline.expired(), Reason::cancelled);
  expect_to_fall_asleep();
}

TEST_F(DeadlinesTest, AfterShutDownWhatIsArmedHasExpiredAlreadyAndTellsWhoWaits) {
  deadlines.shut_down();
  deadline.arm(future(), Reason::idle_timeout);
  EXPECT_EQ(deadline.expired(), Reason::cancelled);
  EXPECT_EQ(expiries, 0);
  expect_to_fall_asleep();
  EXPECT_EQ(expiries, 1);
}

}  // namespace
}  // namespace gannet::net
