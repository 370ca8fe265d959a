#include <gtest/gtest.h>

#include "frontier/host_state.hpp"

namespace gannet::frontier {
namespace {

using Signal = HostState::Signal;
using Standing = HostState::Standing;

class HostParking : public testing::Test {
 protected:
  // One attempt that starts and ends now.
  Standing one(Signal signal, std::optional<seconds> retry_after = std::nullopt) {
    now += 1ms;
    host.started(now);
    const auto began = now;
    now += 1ms;
    return host.ended(policy, signal, retry_after, began, now);
  }
  Duration parked_for() const { return host.parked_until() - now; }
  void wait_out() { now = std::max(now, host.parked_until()); }
  Standing fail_to_connect(unsigned times) {
    auto standing = Standing::in_use;
    for (unsigned i = 0; i < times; ++i) standing = one(Signal::unreachable);
    return standing;
  }

  TimePoint now{1000h};
  HostPolicy policy{.start = 6, .ceiling = 6};
  HostState host{policy};
};

TEST_F(HostParking, LeavesAnOverloadedHostAloneForAWhile) {
  EXPECT_EQ(one(Signal::overloaded), Standing::parked);
  EXPECT_EQ(parked_for(), 10s);
  EXPECT_EQ(host.next_start(policy), host.parked_until());
  EXPECT_EQ(host.limit(), 3u);
}

TEST_F(HostParking, DoublesTheWaitUpToTenMinutes) {
  for (const auto expected : {10s, 20s, 40s, 80s, 160s, 320s, 600s, 600s}) {
    EXPECT_EQ(one(Signal::overloaded), Standing::parked);
    EXPECT_EQ(parked_for(), expected);
    wait_out();
  }
  for (int i = 0; i < 100; ++i) {
    one(Signal::overloaded);
    EXPECT_EQ(parked_for(), 600s);
    wait_out();
  }
}

TEST_F(HostParking, StartsFromTheShortestWaitAgainOnceItWorked) {
  one(Signal::overloaded);
  wait_out();
  one(Signal::overloaded);
  wait_out();
  one(Signal::worked);
  one(Signal::overloaded);
  EXPECT_EQ(parked_for(), 10s);
}

TEST_F(HostParking, WaitsAsLongAsTheServerAsks) {
  one(Signal::overloaded, 90s);
  EXPECT_EQ(parked_for(), 90s);
  wait_out();
  one(Signal::overloaded, 5s);
  EXPECT_EQ(parked_for(), 20s) << "its own patience is longer";
}

TEST_F(HostParking, ClampsWhatTheServerAsks) {
  one(Signal::overloaded, seconds::max());
  EXPECT_EQ(parked_for(), 6h);
  wait_out();
  one(Signal::overloaded, 21601s);
  EXPECT_EQ(parked_for(), 6h);
  wait_out();
  one(Signal::overloaded, 21600s);
  EXPECT_EQ(parked_for(), 6h);

  policy.park_busy = 100ms;
  host = HostState(policy);
  one(Signal::overloaded, 0s);
  EXPECT_EQ(parked_for(), 1s);
  wait_out();
  one(Signal::overloaded, seconds::min());
  EXPECT_EQ(parked_for(), 1s);
}

TEST_F(HostParking, ParksOnceForAllThatWasUnderWay) {
  now += 1s;
  const auto began = now;
  for (int i = 0; i < 6; ++i) host.started(began);
  now += 1s;
  EXPECT_EQ(host.ended(policy, Signal::overloaded, std::nullopt, began, now), Standing::parked);
  const auto until = host.parked_until();
  for (int i = 0; i < 5; ++i) {
    now += 1s;
    EXPECT_EQ(host.ended(policy, Signal::overloaded, std::nullopt, began, now), Standing::in_use);
  }
  EXPECT_EQ(host.parked_until(), until);
  EXPECT_EQ(host.limit(), 3u);
}

TEST_F(HostParking, ParksAHostThatCannotBeReachedFiveTimesInARow) {
  EXPECT_EQ(fail_to_connect(4), Standing::in_use);
  EXPECT_EQ(one(Signal::unreachable), Standing::parked);
  EXPECT_EQ(parked_for(), 60s);
}

TEST_F(HostParking, CountsFailedConnectsInARowOnly) {
  fail_to_connect(4);
  one(Signal::worked);
  EXPECT_EQ(fail_to_connect(4), Standing::in_use);
  EXPECT_EQ(one(Signal::unrelated), Standing::in_use);
  EXPECT_EQ(one(Signal::unreachable), Standing::parked);
}

TEST_F(HostParking, GivesAHostUpThatWasParkedAgainAndAgain) {
  EXPECT_EQ(fail_to_connect(5), Standing::parked);
  wait_out();
  EXPECT_EQ(one(Signal::unreachable), Standing::parked) << "one more failure is enough";
  EXPECT_EQ(parked_for(), 120s);
  wait_out();
  EXPECT_FALSE(host.dead(now));
  EXPECT_EQ(one(Signal::unreachable), Standing::dead);
  EXPECT_TRUE(host.dead(now));
}

TEST_F(HostParking, ForgetsTheParksOfAHostThatWorkedInBetween) {
  fail_to_connect(5);
  wait_out();
  one(Signal::worked);
  EXPECT_EQ(fail_to_connect(5), Standing::parked);
  EXPECT_EQ(parked_for(), 60s);
}

TEST_F(HostParking, GivesADeadHostAnotherChanceLater) {
  fail_to_connect(5);
  wait_out();
  one(Signal::unreachable);
  wait_out();
  one(Signal::unreachable);
  EXPECT_TRUE(host.dead(now + 30min - 1ms));
  EXPECT_FALSE(host.dead(now + 30min));
  now += 30min;
  EXPECT_EQ(fail_to_connect(4), Standing::in_use);
  EXPECT_EQ(one(Signal::unreachable), Standing::parked);
}

TEST_F(HostParking, NeverParksWhenTheOperatorSaysSo) {
  policy.park = false;
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(one(Signal::overloaded, 90s), Standing::in_use);
    EXPECT_EQ(one(Signal::unreachable), Standing::in_use);
  }
  EXPECT_FALSE(host.dead(now));
  EXPECT_LE(*host.next_start(policy), now);
  EXPECT_EQ(host.limit(), 1u) << "it still asks for less";
}

TEST_F(HostParking, IsWorthRememberingWhileThereIsSomethingToRemember) {
  EXPECT_FALSE(host.worth_keeping(now));
  host.started(now);
  EXPECT_TRUE(host.worth_keeping(now));
  host.ended(policy, Signal::worked, std::nullopt, now, now);
  EXPECT_FALSE(host.worth_keeping(now));
  one(Signal::overloaded);
  EXPECT_TRUE(host.worth_keeping(now));
  wait_out();
  EXPECT_FALSE(host.worth_keeping(now));
}

}  // namespace
}  // namespace gannet::frontier
