#include "report/rates.hpp"

#include <gtest/gtest.h>

namespace gannet::report {
namespace {

const TimePoint start = TimePoint{} + 1000h;

TEST(RateWindow, IsZeroAtFirst) {
  RateWindow window;
  const Rates rates = window.feed(start, 500, 1000);
  EXPECT_EQ(rates.records_10s, 0);
  EXPECT_EQ(rates.bytes_60s, 0);
}

TEST(RateWindow, IsOverWhatHistoryThereIs) {
  RateWindow window;
  window.feed(start, 0, 0);
  const Rates rates = window.feed(start + 2s, 200, 4000);
  EXPECT_DOUBLE_EQ(rates.records_10s, 100);
  EXPECT_DOUBLE_EQ(rates.records_60s, 100);
  EXPECT_DOUBLE_EQ(rates.bytes_10s, 2000);
  EXPECT_DOUBLE_EQ(rates.bytes_60s, 2000);
}

TEST(RateWindow, TellsTheLastTenSecondsFromTheLastSixty) {
  RateWindow window;
  std::uint64_t records = 0;
  Rates rates;
  for (int second = 0; second <= 120; second += 2) {
    rates = window.feed(start + seconds(second), records, records * 10);
    records += second < 110 ? 20 : 200;  // 10 a second, then 100 a second for the last ten
  }
  EXPECT_DOUBLE_EQ(rates.records_10s, 100);
  EXPECT_DOUBLE_EQ(rates.records_60s, (50 * 10 + 10 * 100) / 60.0);
  EXPECT_DOUBLE_EQ(rates.bytes_10s, 1000);
}

TEST(RateWindow, FallsToZeroWhenIdle) {
  RateWindow window;
  for (int second = 0; second <= 20; second += 2) window.feed(start + seconds(second), 1000u * unsigned(second), 0);
  Rates rates;
  for (int second = 22; second <= 30; second += 2) rates = window.feed(start + seconds(second), 20000, 0);
  EXPECT_EQ(rates.records_10s, 0);
  EXPECT_GT(rates.records_60s, 0);
  for (int second = 32; second <= 80; second += 2) rates = window.feed(start + seconds(second), 20000, 0);
  EXPECT_EQ(rates.records_60s, 0);
}

TEST(RateWindow, IsRightWithTicksFarApartOrCloseTogether) {
  RateWindow rare, frequent;
  rare.feed(start, 0, 0);
  EXPECT_DOUBLE_EQ(rare.feed(start + 30s, 300, 0).records_10s, 10);
  Rates rates;
  for (unsigned tick = 0; tick <= 7000; ++tick) rates = frequent.feed(start + tick * 10ms, tick, 0);
  EXPECT_NEAR(rates.records_10s, 100, 0.001);
  EXPECT_NEAR(rates.records_60s, 100, 0.001);
}

TEST(RateWindow, SurvivesTwoTicksAtOnce) {
  RateWindow window;
  window.feed(start, 0, 0);
  EXPECT_EQ(window.feed(start, 10, 0).records_10s, 0);
}

}  // namespace
}  // namespace gannet::report
