// The number of connections that is found for simulated plants, with noise on everything that is measured.
#include "frontier/auto_connections.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>

namespace gannet::frontier {
namespace {

using Seen = AutoConnections::Seen;
using Plant = std::function<Seen(double requests)>;  // what so many requests in flight come to in a second

constexpr unsigned most = 16384;

Seen answers(double records, double bytes_each, double cpu) {
  return {.records = records, .bytes = records * bytes_each, .failures = 0, .cpu = std::min(cpu, 1.0), .limited = true};
}

// Each answer takes its time, however many there are.
Seen latency_bound(double requests) { return answers(requests / 0.2, 20e3, requests / 1e6); }

// The servers answer 2,000 a second and no more; further requests only wait.
Seen server_bound(double requests) { return answers(std::min(requests / 0.1, 2000.0), 20e3, 0.2); }

Seen bandwidth_bound(double requests) { return answers(std::min(requests / 0.3, 100e6 / 80e3), 80e3, 0.3); }

// Every request in flight costs a little, so there is less for the work itself.
Seen cpu_bound(double requests) {
  const double can = 8000 / (1 + requests / 4000);
  const double asked = requests / 0.1;
  return answers(std::min(asked, can), 20e3, asked / can);
}

// The name server drops what more than 600 requests ask of it, and each of those waits ten seconds in vain.
Seen dns_bound(double requests) {
  const double served = std::min(requests, 600.0);
  Seen seen = answers(served / 0.5, 20e3, 0.1);
  seen.failures = (requests - served) / 10 * 5;
  return seen;
}

// A tenth of all names is dead, whatever is done.
Seen with_dead_names(double requests) {
  Seen seen = latency_bound(requests);
  seen.failures = seen.records / 9;
  return seen;
}

class AutoConnectionsTest : public testing::TestWithParam<unsigned> {
 protected:
  void run(const Plant& plant, unsigned intervals) {
    std::normal_distribution<> noise(1, 0.04);
    sum = 0;
    lowest = most;
    highest = 0;
    for (unsigned i = 0; i < intervals; ++i) {
      Seen seen = plant(connections.limit());
      sum += seen.records;
      const double factor = noise(random);
      seen.records *= factor;
      seen.bytes *= factor * noise(random);
      seen.failures *= noise(random);
      connections.feed(seen);
      lowest = std::min(lowest, connections.limit());
      highest = std::max(highest, connections.limit());
      ASSERT_GE(connections.limit(), AutoConnections::least);
      ASSERT_LE(connections.limit(), most);
    }
    average = sum / intervals;
  }

  std::mt19937 random{GetParam()};
  AutoConnections connections{most};
  double sum = 0, average = 0;
  unsigned lowest = 0, highest = 0;
};

TEST_P(AutoConnectionsTest, GrowsQuicklyWhereOnlyWaitingTakesTime) {
  run(latency_bound, 60);
  EXPECT_EQ(connections.limit(), most);
  run(latency_bound, 600);
  EXPECT_GT(average, latency_bound(most).records * 0.9);
}

TEST_P(AutoConnectionsTest, AsksServersForNoMoreThanTheyCanDo) {
  run(server_bound, 600);
  run(server_bound, 600);
  EXPECT_GT(average, 2000 * 0.9);
  EXPECT_LT(highest, 512u) << "200 are enough";
}

TEST_P(AutoConnectionsTest, FillsTheLineWithoutCrowdingIt) {
  run(bandwidth_bound, 600);
  run(bandwidth_bound, 600);
  EXPECT_GT(average, 1250 * 0.9);
  EXPECT_LT(highest, 900u) << "375 are enough";
}

TEST_P(AutoConnectionsTest, GivesABusyProcessorNoMoreToDo) {
  run(cpu_bound, 600);
  run(cpu_bound, 600);
  double best = 0;
  for (double requests = AutoConnections::least; requests < most; requests *= 1.1) {
    best = std::max(best, cpu_bound(requests).records);
  }
  EXPECT_GT(average, best * 0.85);
  EXPECT_LT(highest, 2000u);
}

TEST_P(AutoConnectionsTest, StaysBelowWhatTheNameServerCanBear) {
  run(dns_bound, 300);
  run(dns_bound, 900);
  EXPECT_GT(average, 1200 * 0.8);
  EXPECT_LE(highest, 1000u);
}

TEST_P(AutoConnectionsTest, GoesDownWhenTheNameServerGetsWeak) {
  run(latency_bound, 300);
  ASSERT_EQ(connections.limit(), most);
  run(dns_bound, 300);
  run(dns_bound, 300);
  EXPECT_LE(highest, 1000u);
}

TEST_P(AutoConnectionsTest, DoesNotTakeDeadNamesForItsOwnFault) {
  run(with_dead_names, 200);
  run(with_dead_names, 600);
  EXPECT_GT(average, with_dead_names(most).records * 0.85);
}

TEST_P(AutoConnectionsTest, FollowsWhenThereIsMoreToGet) {
  run(server_bound, 600);
  run(latency_bound, 1200);
  EXPECT_GT(connections.limit(), 2000u);
}

TEST_P(AutoConnectionsTest, LearnsNothingWhereTheNumberIsNoLimit) {
  run([](double) { return Seen{.records = 10, .bytes = 1000}; }, 1000);
  EXPECT_EQ(connections.limit(), AutoConnections::first);
}

TEST_P(AutoConnectionsTest, BearsSecondsInWhichNothingComes) {
  run([](double) { return Seen{.limited = true}; }, 1000);
  EXPECT_GE(connections.limit(), AutoConnections::least);
  run(latency_bound, 600);
  EXPECT_GT(average, 5000);
}

INSTANTIATE_TEST_SUITE_P(Noise, AutoConnectionsTest, testing::Range(1u, 21u));

TEST(AutoConnectionsBounds, HoldWhereFewAreAllowed) {
  AutoConnections connections(10);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(connections.feed(latency_bound(10)), 10u);
}

}  // namespace
}  // namespace gannet::frontier
