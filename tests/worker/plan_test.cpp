#include "worker/plan.hpp"

#include <gtest/gtest.h>

namespace gannet::worker {
namespace {

using decode::Orders;
using decode::ResizeMode;

Orders asked(ResizeMode mode, bool only_if_bigger = false, std::uint32_t size = 256) {
  Orders orders;
  orders.resize = mode;
  orders.only_if_bigger = only_if_bigger;
  orders.size = size;
  return orders;
}

TEST(Plan, LeavesAPictureAloneUnlessAsked) {
  const Plan plan = plan_of(asked(ResizeMode::no), {640, 480});
  EXPECT_FALSE(plan.resized);
  EXPECT_EQ(plan.canvas, (Size{640, 480}));
}

TEST(Plan, BorderPutsTheWholePictureOnASquare) {
  const Plan plan = plan_of(asked(ResizeMode::border), {640, 480});
  EXPECT_TRUE(plan.resized);
  EXPECT_EQ(plan.scaled, (Size{256, 192}));
  EXPECT_EQ(plan.cut, (Size{256, 192}));
  EXPECT_EQ(plan.canvas, (Size{256, 256}));
}

TEST(Plan, KeepRatioMakesTheShorterSideThatLong) {
  EXPECT_EQ(plan_of(asked(ResizeMode::keep_ratio), {640, 480}).canvas, (Size{341, 256}));
  EXPECT_EQ(plan_of(asked(ResizeMode::keep_ratio), {480, 640}).canvas, (Size{256, 341}));
}

TEST(Plan, KeepRatioLargestMakesTheLongerSideThatLong) {
  EXPECT_EQ(plan_of(asked(ResizeMode::keep_ratio_largest), {640, 480}).canvas, (Size{256, 192}));
}

TEST(Plan, CenterCropCutsTheLongerSide) {
  const Plan plan = plan_of(asked(ResizeMode::center_crop), {640, 480});
  EXPECT_EQ(plan.scaled, (Size{341, 256}));
  EXPECT_EQ(plan.cut, (Size{256, 256}));
}

TEST(Plan, SmallPicturesGrowUnlessOnlyBiggerOnesAreResized) {
  EXPECT_EQ(plan_of(asked(ResizeMode::border), {64, 32}).scaled, (Size{256, 128}));
  EXPECT_FALSE(plan_of(asked(ResizeMode::border, true), {64, 32}).resized);
  EXPECT_FALSE(plan_of(asked(ResizeMode::border, true), {256, 32}).resized);
  EXPECT_TRUE(plan_of(asked(ResizeMode::border, true), {257, 32}).resized);
}

TEST(Plan, WhichSideMustBeBiggerDependsOnTheMode) {
  for (const ResizeMode mode : {ResizeMode::keep_ratio, ResizeMode::center_crop}) {
    EXPECT_FALSE(plan_of(asked(mode, true), {640, 256}).resized);
    EXPECT_TRUE(plan_of(asked(mode, true), {640, 257}).resized);
  }
  for (const ResizeMode mode : {ResizeMode::border, ResizeMode::keep_ratio_largest}) {
    EXPECT_TRUE(plan_of(asked(mode, true), {640, 20}).resized);
  }
}

TEST(Plan, HalvesAreRoundedToEvenNumbersAndALineStaysALine) {
  EXPECT_EQ(plan_of(asked(ResizeMode::keep_ratio_largest, false, 100), {200, 5}).scaled, (Size{100, 2}));
  EXPECT_EQ(plan_of(asked(ResizeMode::keep_ratio_largest, false, 100), {200, 7}).scaled, (Size{100, 4}));
  EXPECT_EQ(plan_of(asked(ResizeMode::keep_ratio_largest, false, 100), {9000, 3}).scaled, (Size{100, 1}));
}

TEST(Plan, ThumbnailsAreNeverEnlarged) {
  EXPECT_EQ(within({640, 480}, 320), (Size{320, 240}));
  EXPECT_EQ(within({100, 80}, 320), (Size{100, 80}));
}

}  // namespace
}  // namespace gannet::worker
