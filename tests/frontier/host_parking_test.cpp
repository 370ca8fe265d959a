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
    host.started(policy, now);
    const auto began = now;
    now += 1ms;
    return host.ended(policy, {signal, retry_after, began}, now);
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

TEST_F(HostParking, AsksOnceAtATimeUntilItWorksAgain) {
  one(Signal::overloaded);
  wait_out();
  ASSERT_EQ(host.limit(), 3u);
  ASSERT_EQ(host.next_start(policy), host.parked_until());
  const auto began = now;
  host.started(policy, now);
  EXPECT_FALSE(host.next_start(policy));
  host.ended(policy, {Signal::worked, {}, began}, ++now);
  host.started(policy, now);
  EXPECT_TRUE(host.next_start(policy));
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

TEST_F(HostParking, StartsFromTheShortestWaitAgainADayAfterTheLast) {
  one(Signal::overloaded);
  wait_out();
  one(Signal::overloaded);
  EXPECT_EQ(parked_for(), 20s);
  wait_out();
  now += 24h - 3ms;
  EXPECT_EQ(host.parks(now), 2u);
  one(Signal::overloaded);
  EXPECT_EQ(parked_for(), 40s);
  EXPECT_EQ(host.parks(now), 3u);
  wait_out();
  now += 24h;
  EXPECT_EQ(host.parks(now), 0u);
  one(Signal::overloaded);
  EXPECT_EQ(parked_for(), 10s);
  EXPECT_EQ(host.parks(now), 1u);
}

TEST_F(HostParking, MayFailFiveConnectsAgainADayAfterTheLast) {
  fail_to_connect(5);
  EXPECT_EQ(parked_for(), 60s);
  wait_out();
  now += 24h;
  EXPECT_EQ(fail_to_connect(4), Standing::in_use);
  EXPECT_EQ(fail_to_connect(1), Standing::parked);
  EXPECT_EQ(parked_for(), 60s);
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
  for (int i = 0; i < 6; ++i) host.started(policy, began);
  now += 1s;
  EXPECT_EQ(host.ended(policy, {Signal::overloaded, {}, began}, now), Standing::parked);
  const auto until = host.parked_until();
  for (int i = 0; i < 5; ++i) {
    now += 1s;
    EXPECT_EQ(host.ended(policy, {Signal::overloaded, {}, began}, now), Standing::in_use);
  }
  EXPECT_EQ(host.parked_until(), until);
  EXPECT_EQ(host.limit(), 3u);
}

TEST_F(HostParking, WaitsAsLongAsAnyAnswerToWhatWasUnderWayAsks) {
  const auto began = ++now;
  for (int i = 0; i < 6; ++i) host.started(policy, began);
  now += 1s;
  EXPECT_EQ(host.ended(policy, {Signal::overloaded, 20s, began}, now), Standing::parked);
  EXPECT_EQ(host.ended(policy, {Signal::overloaded, 90s, began}, now), Standing::parked) << "for longer";
  EXPECT_EQ(parked_for(), 90s);
  EXPECT_EQ(host.ended(policy, {Signal::overloaded, 30s, began}, now), Standing::in_use);
  EXPECT_EQ(parked_for(), 90s);
  EXPECT_EQ(host.parks(now), 1u) << "it is the same park";
  now += 91s;
  EXPECT_EQ(host.ended(policy, {Signal::overloaded, seconds::max(), began}, now), Standing::parked) << "once more";
  EXPECT_EQ(parked_for(), 6h);
  EXPECT_EQ(host.parks(now), 1u);
}

TEST_F(HostParking, IsNotEndedByWhatWasUnderWay) {
  const auto began = ++now;
  for (int i = 0; i < 3; ++i) host.started(policy, began);
  now += 1s;
  host.ended(policy, {Signal::overloaded, {}, began}, now);
  host.ended(policy, {Signal::worked, {}, began}, now);
  EXPECT_EQ(host.parks(now), 1u);
  wait_out();
  host.started(policy, now);
  EXPECT_FALSE(host.next_start(policy)) << "one at a time, until one that began since the park has worked";
  host.ended(policy, {Signal::worked, {}, began}, now);
  EXPECT_EQ(host.parks(now), 1u);
  EXPECT_EQ(host.ended(policy, {Signal::overloaded, {}, now}, now), Standing::parked);
  EXPECT_EQ(parked_for(), 20s) << "its second in a row";
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

TEST_F(HostParking, MustBeKnownUntilItMayBeAskedAgain) {
  EXPECT_LE(host.known_until(), now);
  one(Signal::worked);
  EXPECT_EQ(host.known_until(), now);
  one(Signal::overloaded);
  EXPECT_EQ(host.known_until(), now + 10s);
}

class HostRefusing : public HostParking {
 protected:
  void work(unsigned times) {
    for (unsigned i = 0; i < times; ++i) one(Signal::worked);
  }
  // How many refusals it takes to be parked; 0 when `most` do not.
  unsigned refusals_to_park(unsigned most = 1000) {
    for (unsigned i = 1; i <= most; ++i) {
      if (one(Signal::refused) == Standing::parked) return i;
    }
    return 0;
  }
};

TEST_F(HostRefusing, IsParkedOnceMostOfTheLastAnswersWereRefusals) {
  work(20);
  EXPECT_EQ(refusals_to_park(), 11u);
  EXPECT_EQ(parked_for(), 10s);
  EXPECT_EQ(host.limit(), 3u) << "halved, as for a 429";
}

TEST_F(HostRefusing, IsLeftAloneForLongerWhenItGoesOnRefusing) {
  work(20);
  refusals_to_park();
  wait_out();
  EXPECT_EQ(refusals_to_park(), 1u);
  EXPECT_EQ(parked_for(), 20s);
  wait_out();
  one(Signal::refused, 90s);
  EXPECT_EQ(parked_for(), 90s) << "it may say for how long";
}

TEST_F(HostRefusing, IsAskedAsBeforeOnceItWorksAgain) {
  work(20);
  refusals_to_park();
  wait_out();
  work(20);
  EXPECT_EQ(refusals_to_park(), 11u);
  EXPECT_EQ(parked_for(), 10s);
}

TEST_F(HostRefusing, IsNotParkedWhenItNeverLetUsIn) {
  EXPECT_EQ(refusals_to_park(), 0u);
  work(19);
  EXPECT_EQ(refusals_to_park(), 0u) << "19 in a row are not enough to know it by";
}

TEST_F(HostRefusing, IsKnownByTwentySuccessesMoreThanRefusals) {
  for (const auto between : {Signal::worked, Signal::struggling, Signal::overloaded, Signal::unreachable}) {
    host = HostState(policy);
    work(19);
    one(between);
    wait_out();
    work(1);
    EXPECT_EQ(refusals_to_park(), 11u) << "a failure says nothing about what is refused";
  }
  host = HostState(policy);
  work(19);
  one(Signal::refused);
  work(1);
  EXPECT_EQ(refusals_to_park(), 0u) << "19";
  host = HostState(policy);
  for (int i = 0; i < 10; ++i) {
    work(14);
    EXPECT_EQ(one(Signal::refused), Standing::in_use);
  }
  EXPECT_GT(refusals_to_park(), 0u) << "it refused some, and now it refuses all";
}

TEST_F(HostRefusing, IsNotKnownWhenItRefusesMostForEver) {
  for (int i = 0; i < 1000; ++i) {
    for (const auto signal : {Signal::worked, Signal::refused, Signal::refused}) {
      EXPECT_EQ(one(signal), Standing::in_use);
    }
  }
}

TEST_F(HostRefusing, IsStillParkedByOneMoreRefusalAfterARestart) {
  work(20);
  refusals_to_park();
  const auto memory = host.memory(now);
  host = HostState(policy);
  host.recall(memory, policy, now);
  EXPECT_EQ(parked_for(), 10s);
  wait_out();
  EXPECT_EQ(refusals_to_park(), 1u);
  EXPECT_EQ(parked_for(), 20s);
}

TEST_F(HostRefusing, IsKnownAfterARestart) {
  work(20);
  const auto memory = host.memory(now);
  host = HostState(policy);
  host.recall(memory, policy, now);
  EXPECT_EQ(refusals_to_park(), 11u);
}

TEST_F(HostRefusing, BelievesNoMoreAnswersThanAreCounted) {
  host.recall({.successes = 4'000'000'000, .refused = 4'000'000'000}, policy, now);
  EXPECT_EQ(refusals_to_park(), 1u);
  wait_out();
  work(20);
  EXPECT_EQ(refusals_to_park(), 11u);
}

TEST_F(HostRefusing, MayRefuseHalfForEver) {
  work(20);
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(one(Signal::refused), Standing::in_use);
    EXPECT_EQ(one(Signal::worked), Standing::in_use);
  }
  EXPECT_EQ(host.limit(), 6u);
}

TEST_F(HostRefusing, IsReachable) {
  fail_to_connect(4);
  one(Signal::refused);
  EXPECT_EQ(fail_to_connect(4), Standing::in_use);
}

TEST_F(HostRefusing, IsNeverParkedWhenTheOperatorSaysSo) {
  policy.park = false;
  work(20);
  EXPECT_EQ(refusals_to_park(), 0u);
}

}  // namespace
}  // namespace gannet::frontier
