#include "fetch/speed_guard.hpp"

#include <gtest/gtest.h>

namespace gannet::fetch {
namespace {

const TimePoint start{1000s};

// 1000 bytes a second over 20 s, not judged in the first 10 s.
SpeedGuard guard() { return {1000, 20s, 10s, start}; }

TEST(SpeedGuard, JudgesNothingDuringTheGraceAndTheFirstWindow) {
  auto speed = guard();
  EXPECT_FALSE(speed.too_slow(start + 9s, 0));
  EXPECT_FALSE(speed.too_slow(start + 10s, 0));
  EXPECT_FALSE(speed.too_slow(start + 29s, 1));
}

TEST(SpeedGuard, BelowTheMinimumOverAWholeWindowIsTooSlow) {
  auto speed = guard();
  EXPECT_TRUE(speed.too_slow(start + 30s, 19999));
}

TEST(SpeedGuard, AtTheMinimumIsNot) {
  auto speed = guard();
  EXPECT_FALSE(speed.too_slow(start + 30s, 20000));
}

TEST(SpeedGuard, BytesOfTheGraceDoNotCountForTheWindow) {
  auto speed = guard();
  EXPECT_FALSE(speed.too_slow(start + 9s, 1000000));
  EXPECT_TRUE(speed.too_slow(start + 30s, 1019999));
}

TEST(SpeedGuard, EachWindowIsJudgedByItsOwnBytes) {
  auto speed = guard();
  EXPECT_FALSE(speed.too_slow(start + 30s, 1000000));
  EXPECT_FALSE(speed.too_slow(start + 49s, 1000000));
  EXPECT_TRUE(speed.too_slow(start + 50s, 1019999));
}

TEST(SpeedGuard, AWindowJudgedLateIsJudgedByItsWholeLength) {
  auto speed = guard();
  EXPECT_TRUE(speed.too_slow(start + 50s, 39999));
  auto faster = guard();
  EXPECT_FALSE(faster.too_slow(start + 50s, 40000));
}

TEST(SpeedGuard, WithoutAMinimumNothingIsTooSlow) {
  SpeedGuard speed(0, 20s, 10s, start);
  EXPECT_FALSE(speed.too_slow(start + 1h, 0));
}

}  // namespace
}  // namespace gannet::fetch
