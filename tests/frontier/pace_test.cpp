#include "frontier/pace.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <vector>

namespace gannet::frontier {
namespace {

const TimePoint start{1000h};

double seconds_between(TimePoint from, TimePoint to) { return std::chrono::duration<double>(to - from).count(); }

TEST(Pace, IsNoneUnlessOneIsSet) {
  Pace pace;
  EXPECT_LE(pace.next_start({}, 0), TimePoint{});
  for (int i = 0; i < 10; ++i) pace.started({}, 0, start);
  pace.ended({}, 1 << 30, 0, start);
  EXPECT_LE(pace.next_start({}, 9), start);
}

TEST(Pace, LetsTheFirstStartAtOnceAtAnyRate) {
  const Pace pace;
  EXPECT_LE(pace.next_start({.requests_per_second = 0.001, .bytes_per_second = 1, .delay = 1h}, 0), TimePoint{});
}

// At most N + 1 in any second, whether each start is in time or a little late, nor a burst after a pause.
TEST(Pace, LetsAtMostOneMoreThanTheRateStartInAnySecond) {
  for (const double rate : {0.5, 1.0, 3.0, 7.0, 100.0, 333.3, 5000.0}) {
    for (const Duration late : {Duration(0), Duration(100us), Duration(7ms), Duration(400ms)}) {
      const Rate wish{.requests_per_second = rate};
      Pace pace;
      std::vector<TimePoint> starts;
      auto now = start;
      for (int i = 0; i < 20000; ++i) {
        now += i % 1000 == 500 ? Duration(10s) : Duration(0);
        if (const auto next = pace.next_start(wish, 0); next > now) now = next + late;
        pace.started(wish, 0, now);
        starts.push_back(now);
      }
      const auto most = static_cast<std::size_t>(rate) + 1;
      for (std::size_t i = 0; i + most < starts.size(); ++i) {
        ASSERT_GT(starts[i + most] - starts[i], Duration(1s)) << rate << " a second, start " << i;
      }
    }
  }
}

TEST(Pace, IsReachedAlthoughEachStartIsALittleLate) {
  for (const double rate : {10.0, 1000.0, 5000.0}) {
    const Rate wish{.requests_per_second = rate};
    Pace pace;
    auto now = start;
    for (int i = 0; i < 10000; ++i) {
      now = std::max(now, pace.next_start(wish, 0) + 80us);
      pace.started(wish, 0, now);
    }
    EXPECT_NEAR(10000 / seconds_between(start, now), rate, rate * 0.01);
  }
}

TEST(Pace, KeepsTheDelayToTheDot) {
  const Rate wish{.requests_per_second = 10, .delay = 200ms};
  Pace pace;
  pace.started(wish, 0, start);
  EXPECT_EQ(pace.next_start(wish, 0), start + 200ms);
  pace.started(wish, 0, start + 205ms);
  EXPECT_EQ(pace.next_start(wish, 0), start + 405ms);
}

TEST(Pace, WaitsForTheBytesOfTheLastToBePaid) {
  const Rate wish{.bytes_per_second = 1000};
  Pace pace;
  pace.started(wish, 0, start);
  pace.ended(wish, 10'000, 0, start + 4s);
  EXPECT_EQ(pace.next_start(wish, 0), start + 10s) << "the time that it took counts";
  pace.started(wish, 0, start + 1h);
  pace.ended(wish, 500, 0, start + 1h + 2s);
  EXPECT_EQ(pace.next_start(wish, 0), start + 1h + 2s) << "that was slow enough";
}

TEST(Pace, HasTheRateOfWhoeverAsksNext) {
  Pace pace;
  pace.started({.bytes_per_second = 1000}, 0, start);
  pace.ended({.bytes_per_second = 1000}, 60'000, 0, start);
  EXPECT_EQ(pace.next_start({.bytes_per_second = 1000}, 0), start + 60s);
  EXPECT_EQ(pace.next_start({.bytes_per_second = 10'000}, 0), start + 6s) << "as after a change of the limit";
  EXPECT_LE(pace.next_start({}, 0), start);
}

TEST(Pace, SurvivesAbsurdBytes) {
  const Rate wish{.bytes_per_second = 1};
  Pace pace;
  pace.started(wish, 0, start);
  for (int i = 0; i < 1000; ++i) pace.ended(wish, ByteCount{1} << 60, 0, start);
  EXPECT_GT(pace.next_start(wish, 4096), start + 24h);
  EXPECT_LT(pace.next_start(wish, 4096), start + 365 * 24h);
}

// Requests of random size and length through a pace, up to `most` at once.
struct Transfer {
  explicit Transfer(unsigned most, ByteCount per_second, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::lognormal_distribution<> size(10, 1.2);
    std::uniform_real_distribution<> length(0.05, 1.5);
    const Rate wish{.bytes_per_second = per_second};
    std::multimap<TimePoint, ByteCount> under_way;
    auto now = start;
    for (int left = 4000; left > 0 || !under_way.empty();) {
      const auto next = std::max(now, pace.next_start(wish, under_way.size()));
      const bool may = left > 0 && under_way.size() < most;
      if (may && (under_way.empty() || next < under_way.begin()->first)) {
        now = next;
        pace.started(wish, under_way.size(), now);
        starts.push_back(now);
        --left;
        under_way.emplace(now + std::chrono::round<Duration>(std::chrono::duration<double>(length(random))),
                          static_cast<ByteCount>(size(random)));
        continue;
      }
      now = under_way.begin()->first;
      const ByteCount bytes = under_way.begin()->second;
      under_way.erase(under_way.begin());
      pace.ended(wish, bytes, under_way.size(), now);
      largest = std::max(largest, bytes);
      total += bytes;
      const double elapsed = seconds_between(start, now);
      const double excess = static_cast<double>(total) - static_cast<double>(per_second) * elapsed;
      worst_excess = std::max(worst_excess, excess / static_cast<double>(largest * most));
    }
    used = static_cast<double>(total) / static_cast<double>(per_second) / seconds_between(start, now);
  }
  Pace pace;
  std::vector<TimePoint> starts;
  ByteCount total = 0, largest = 0;
  double worst_excess = 0;  // over what the rate allows since the start, in full loads of the largest
  double used = 0;          // of what the rate allows
};

TEST(Pace, NeverBringsMoreBytesInTheLongRunAndUsesMostOfThem) {
  for (const unsigned most : {1u, 6u, 512u}) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      const Transfer transfer(most, most == 1 ? 20'000 : 200'000, seed);
      EXPECT_LE(transfer.worst_excess, 1) << most << " at once";
      EXPECT_LE(transfer.used, 1.01) << most << " at once";
      EXPECT_GE(transfer.used, 0.7) << most << " at once";
    }
  }
}

TEST(Pace, SpreadsTheStartsInsteadOfAFullLoadAndAPause) {
  const Transfer transfer(512, 1'000'000, 1);  // 20 a second or so
  for (std::size_t i = 100; i < transfer.starts.size(); ++i) {
    ASSERT_GT(transfer.starts[i] - transfer.starts[i - 100], Duration(1s)) << i;
  }
}

TEST(Pace, WhatNeededNoRequestMayBeTakenBack) {
  const Rate wish{.delay = 10s};
  Pace pace;
  pace.started(wish, 0, start);
  pace.ended(wish, 0, 0, start);
  pace.started(wish, 0, start + 10s);
  pace.took_back(wish, start + 10s, 0, start + 10s);
  EXPECT_EQ(pace.next_start(wish, 0), start + 10s);
  pace.started(wish, 0, start + 11s);
  pace.started(wish, 1, start + 22s);
  pace.took_back(wish, start + 11s, 1, start + 23s);  // another has started since
  EXPECT_EQ(pace.next_start(wish, 1), start + 32s);
}

}  // namespace
}  // namespace gannet::frontier
