#include <gtest/gtest.h>

#include <vector>

#include "frontier/host_state.hpp"

namespace gannet::frontier {
namespace {

using Signal = HostState::Signal;
using Standing = HostState::Standing;

const TimePoint start{1000h};

HostPolicy polite_policy() {
  LimitOverrides said;
  said.profile = Profile::polite;
  return overridden({}, said);
}

class HostLimit : public testing::Test {
 protected:
  bool may_start(TimePoint at) const {
    const auto next = host.next_start(policy);
    return next && *next <= at;
  }
  Standing one(Signal signal, TimePoint began, TimePoint ended) {
    host.started(policy, began);
    return host.ended(policy, {signal, {}, began}, ended);
  }
  void grow(unsigned times) {
    for (unsigned i = 0; i < times; ++i) one(Signal::worked, start, start);
  }

  HostPolicy policy{.start = 2, .ceiling = 6};
  HostState host{policy};
};

TEST_F(HostLimit, StartsSmall) {
  EXPECT_EQ(host.limit(), 2u);
  host.started(policy, start);
  EXPECT_TRUE(may_start(start));
  host.started(policy, start);
  EXPECT_EQ(host.in_flight(), 2u);
  EXPECT_FALSE(host.next_start(policy)) << "not before one has ended";
  host.ended(policy, {Signal::unrelated, {}, start}, start);
  EXPECT_TRUE(may_start(start));
}

TEST_F(HostLimit, StartsAtItsCeilingWhenThatIsLower) { EXPECT_EQ(HostState({.start = 8, .ceiling = 3}).limit(), 3u); }

TEST_F(HostLimit, GrowsByOneForEachRoundOfSuccess) {
  grow(2);
  EXPECT_EQ(host.limit(), 2u);
  grow(1);
  EXPECT_EQ(host.limit(), 3u);
  grow(4);
  EXPECT_EQ(host.limit(), 4u);
}

TEST_F(HostLimit, NeverGrowsPastItsCeiling) {
  grow(1000);
  EXPECT_EQ(host.limit(), 6u);
  policy.ceiling = 1;
  EXPECT_TRUE(may_start(start));
  host.started(policy, start);
  EXPECT_FALSE(host.next_start(policy)) << "a ceiling that was lowered counts at once";
}

TEST_F(HostLimit, HasAnotherCeilingWhereOneConnectionCarriesMany) {
  policy.streams = 32;
  host.multiplexes(true);
  EXPECT_EQ(host.limit(), 2u) << "it still starts small";
  grow(2000);
  EXPECT_EQ(host.limit(), 32u);
  host.multiplexes(false);
  for (unsigned i = 0; i < 6; ++i) host.started(policy, start);
  EXPECT_FALSE(host.next_start(policy)) << "the other ceiling counts at once";
}

TEST_F(HostLimit, StaysThatOfHttp1OnceTheHostWantsIt) {
  policy.streams = 32;
  host.multiplexes(true);
  grow(2000);
  host.keep_to_http1();
  host.multiplexes(true);  // an answer that was under way
  for (unsigned i = 0; i < 6; ++i) host.started(policy, start);
  EXPECT_FALSE(host.next_start(policy));
}

TEST_F(HostLimit, IsHalvedByTroubleDownToOne) {
  grow(1000);
  one(Signal::struggling, start + 1s, start + 2s);
  EXPECT_EQ(host.limit(), 3u);
  for (auto at = start + 3s; at < start + 10s; at += 1s) one(Signal::struggling, at, at);
  EXPECT_EQ(host.limit(), 1u);
  EXPECT_TRUE(may_start(start + 10s));
}

TEST_F(HostLimit, IsHalvedOnceForAWaveOfFailures) {
  grow(1000);
  for (int i = 0; i < 6; ++i) host.started(policy, start + 1s);
  for (int i = 0; i < 6; ++i) host.ended(policy, {Signal::struggling, {}, start + 1s}, start + 2s);
  EXPECT_EQ(host.limit(), 3u) << "they were all under way before the first cut";
  one(Signal::struggling, start + 3s, start + 4s);
  EXPECT_EQ(host.limit(), 1u);
}

TEST_F(HostLimit, IgnoresWhatSaysNothingAboutTheHost) {
  for (int i = 0; i < 100; ++i) EXPECT_EQ(one(Signal::unrelated, start, start), Standing::in_use);
  EXPECT_EQ(host.limit(), 2u);
  EXPECT_EQ(host.in_flight(), 0u);
}

TEST_F(HostLimit, KeepsItsPaceOfAtMostOneMoreThanTheRateInAnySecond) {
  for (const double rate : {0.5, 1.0, 3.0, 7.0, 100.0, 333.3}) {
    policy = {.start = 50, .ceiling = 50, .requests_per_second = rate};
    HostState paced(policy);
    std::vector<TimePoint> starts;
    auto now = start;
    for (int i = 0; i < 1000; ++i) {
      now += i == 500 ? Duration(1h) : Duration(0);  // a pause must not earn a burst
      now = std::max(now, *paced.next_start(policy));
      paced.started(policy, now);
      paced.ended(policy, {Signal::worked, {}, now}, now);
      starts.push_back(now);
    }
    const auto most = static_cast<std::size_t>(rate) + 1;
    for (std::size_t i = 0; i + most < starts.size(); ++i) {
      EXPECT_GT(starts[i + most] - starts[i], Duration(1s)) << rate << " a second, start " << i;
    }
    EXPECT_LE(starts[100] - starts[0], std::chrono::duration<double>(100 / rate + 0.001)) << "nor slower than asked";
  }
}

TEST_F(HostLimit, KeepsTheDelayWhenItIsLongerThanThePace) {
  policy.delay = 3s;
  policy.requests_per_second = 1;
  host.started(policy, start);
  EXPECT_EQ(host.next_start(policy), start + 3s);
  policy.requests_per_second = 0.1;
  host.started(policy, start + 3s);
  host.ended(policy, {Signal::worked, {}, start}, start + 3s);
  EXPECT_EQ(host.next_start(policy), start + 13s);
}

TEST_F(HostLimit, HasThePaceOfWhoeverAsksNext) {
  HostPolicy slow = policy;
  slow.delay = 3s;
  host.started(policy, start);
  EXPECT_EQ(host.next_start(slow), start + 3s);
  EXPECT_TRUE(may_start(start + 1s)) << "a list in a hurry does not wait for what another would";
  host.started(policy, start + 1s);
  host.ended(policy, {Signal::worked, {}, start}, start + 1s);
  EXPECT_EQ(host.next_start(slow), start + 4s);
}

TEST_F(HostLimit, IsNotLoweredForOthersByAListThatAsksForLess) {
  grow(1000);
  HostPolicy modest = policy;
  modest.ceiling = 1;
  host.started(policy, start);
  EXPECT_FALSE(host.next_start(modest));
  host.ended(modest, {Signal::worked, {}, start}, start);
  EXPECT_EQ(host.limit(), 6u);
}

TEST_F(HostLimit, HasNoPaceUnlessOneIsSet) {
  host.started(policy, start);
  EXPECT_TRUE(may_start(start));
}

TEST_F(HostLimit, RestsAfterEachRequestFor5TimesItsLengthWithin3And30Seconds) {
  policy = polite_policy();
  host = HostState(policy);
  EXPECT_TRUE(may_start(start)) << "nothing to rest from";
  auto now = start;
  for (const auto& [took, rest] : std::vector<std::pair<milliseconds, milliseconds>>{
           {0ms, 3s}, {10ms, 3s}, {600ms, 3s}, {601ms, 3005ms}, {2s, 10s}, {6s, 30s}, {7s, 30s}, {2h, 30s}}) {
    host.started(policy, now);
    EXPECT_FALSE(host.next_start(policy)) << "one at a time";
    now += took;
    host.ended(policy, {Signal::worked, {}, now - took, took}, now);
    EXPECT_EQ(host.next_start(policy), now + rest) << took.count();
    now += rest;
  }
}

TEST_F(HostLimit, RestsForThoseAloneWhoAreToBePolite) {
  const HostPolicy polite = polite_policy();
  host.started(policy, start);
  host.ended(policy, {Signal::worked, {}, start, 1s}, start + 1s);
  EXPECT_TRUE(may_start(start + 1s));
  EXPECT_EQ(host.next_start(polite), start + 6s) << "whoever asked last";
}

TEST_F(HostLimit, KeepsToItsBytesASecond) {
  policy.bytes_per_second = 1000;
  host.started(policy, start);
  host.ended(policy, {Signal::worked, {}, start, 1s, 5000}, start + 1s);
  EXPECT_EQ(host.next_start(policy), start + 5s);
  policy.bytes_per_second = 0;
  EXPECT_TRUE(may_start(start + 1s));
}

TEST_F(HostLimit, AsksForFewOfUnknownSizeUnderARateOfBytes) {
  policy.start = policy.ceiling = 6;
  policy.bytes_per_second = 1'000'000'000;
  host = HostState(policy);
  host.started(policy, start);
  EXPECT_TRUE(host.next_start(policy));
  host.started(policy, start);
  EXPECT_FALSE(host.next_start(policy));
  host.ended(policy, {Signal::worked, {}, start, 1s, 5000}, start + 1s);
  host.started(policy, start + 1s);
  EXPECT_TRUE(host.next_start(policy));
}

TEST_F(HostLimit, CountsBytesThatCameToNothingToo) {
  policy.bytes_per_second = 1000;
  host.started(policy, start);
  host.ended(policy, {Signal::struggling, {}, start, 1s, 5000}, start + 1s);
  EXPECT_EQ(host.next_start(policy), start + 5s);
}

TEST_F(HostLimit, KeepsACrawlDelayForLinesThatObey) {
  HostPolicy obeying = policy;
  obeying.obeys_robots = true;
  host.started(obeying, start);
  EXPECT_EQ(host.next_start(obeying), std::nullopt);  // what it asks for is to be heard first
  EXPECT_TRUE(may_start(start));
  host.crawl_delay(7s);
  EXPECT_EQ(host.next_start(obeying), start + 7s);
  EXPECT_TRUE(may_start(start));
  obeying.delay = 9s;
  EXPECT_EQ(host.next_start(obeying), start + 9s);
}

TEST_F(HostLimit, AnAttemptThatAskedForNothingLeavesNoTrace) {
  policy = polite_policy();
  policy.delay = 5s;
  one(Signal::worked, start, start);
  const auto next = host.next_start(policy);
  host.started(policy, start + 60s);
  host.ended(policy, {.signal = Signal::unrelated, .started = start + 60s, .asked = false}, start + 61s);
  EXPECT_EQ(host.next_start(policy), next);
  EXPECT_EQ(host.in_flight(), 0u);
}

}  // namespace
}  // namespace gannet::frontier
