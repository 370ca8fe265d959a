#include "cli/time_bound.hpp"

#include <gtest/gtest.h>

namespace gannet::cli {
namespace {

const Assumptions assumed;  // 100 ms, 50 kB

double seconds_for(const HostPolicy& policy, unsigned lines, bool multiplexed = false) {
  const auto cost = line_cost(policy, multiplexed, assumed);
  return at_least(lines * cost.seconds, cost, assumed);
}

TEST(TimeBound, IsThatOfTheConnectionsWhereNothingElseIsSaid) {
  HostPolicy policy;
  policy.ceiling = 5;
  EXPECT_EQ(line_cost(policy, false, assumed).why, "5 at once");
  EXPECT_DOUBLE_EQ(seconds_for(policy, 1000), 20);
}

TEST(TimeBound, CountsStreamsWhereTheyMayBe) {
  HostPolicy policy;
  policy.ceiling = 5;
  policy.streams = 50;
  EXPECT_EQ(line_cost(policy, true, assumed).why, "50 at once");
  EXPECT_DOUBLE_EQ(seconds_for(policy, 1000, true), 2);
  policy.streams = 2;  // it may speak HTTP/1.1 after all
  EXPECT_DOUBLE_EQ(seconds_for(policy, 1000, true), 20);
}

TEST(TimeBound, LetsTheFirstRequestStartAtOnce) {
  HostPolicy policy;
  policy.requests_per_second = 0.5;
  EXPECT_EQ(line_cost(policy, false, assumed).why, "0.5 requests/s");
  EXPECT_DOUBLE_EQ(seconds_for(policy, 11), 20);
  EXPECT_DOUBLE_EQ(seconds_for(policy, 1), 0.1);  // but it has to be answered
}

TEST(TimeBound, IsThatOfTheSlowestLimit) {
  HostPolicy policy;
  policy.requests_per_second = 20;
  policy.delay = 1500ms;
  EXPECT_EQ(line_cost(policy, false, assumed).why, "1.5 s between two");
  EXPECT_DOUBLE_EQ(seconds_for(policy, 11), 15);
  policy.bytes_per_second = 10'000;
  EXPECT_EQ(line_cost(policy, false, assumed).why, "10.0 kB/s");
  EXPECT_DOUBLE_EQ(seconds_for(policy, 11), 50);
}

TEST(TimeBound, CountsTheRestThatAPoliteHostIsGiven) {
  HostPolicy policy;
  policy.ceiling = policy.streams = 1;
  policy.rest = 5;
  EXPECT_EQ(line_cost(policy, false, assumed).why, "3 s of rest after each");
  EXPECT_DOUBLE_EQ(seconds_for(policy, 101), 310);
}

}  // namespace
}  // namespace gannet::cli
