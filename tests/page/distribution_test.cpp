#include "page/distribution.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace gannet::page {
namespace {

std::uint64_t nearest_rank(std::vector<std::uint64_t> values, unsigned per_mille) {
  std::ranges::sort(values);
  const std::size_t rank = std::max<std::size_t>((values.size() * per_mille + 999) / 1000, 1);
  return values[rank - 1];
}

TEST(Distribution, OfNothingIsZero) {
  const Distribution none;
  EXPECT_EQ(none.count(), 0u);
  EXPECT_EQ(none.percentile(500), 0u);
  EXPECT_EQ(none.least(), 0u);
  EXPECT_EQ(none.most(), 0u);
}

TEST(Distribution, GivesTheNearestRank) {
  Distribution spread;
  for (const std::uint64_t value : {5, 1, 4, 2, 3}) spread.add(value);
  EXPECT_EQ(spread.percentile(0), 1u);
  EXPECT_EQ(spread.percentile(200), 1u);
  EXPECT_EQ(spread.percentile(201), 2u);
  EXPECT_EQ(spread.percentile(500), 3u);
  EXPECT_EQ(spread.percentile(990), 5u);
  EXPECT_EQ(spread.percentile(1000), 5u);
  EXPECT_EQ(spread.sum(), 15u);
}

TEST(Distribution, IsExactUpTo65535) {
  std::mt19937_64 random;
  std::vector<std::uint64_t> values;
  Distribution spread;
  for (int i = 0; i < 10'007; ++i) {
    values.push_back(std::uniform_int_distribution<std::uint64_t>(0, 65'535)(random) >> (i % 16));
    spread.add(values.back());
  }
  for (const unsigned per_mille : {1, 50, 250, 500, 900, 990, 999, 1000}) {
    EXPECT_EQ(spread.percentile(per_mille), nearest_rank(values, per_mille)) << per_mille;
  }
}

TEST(Distribution, IsAtMost31PartsInAMillionTooLowBeyond) {
  std::mt19937_64 random;
  std::vector<std::uint64_t> values;
  Distribution spread;
  for (int i = 0; i < 10'007; ++i) {
    values.push_back(random() >> (i % 50));
    spread.add(values.back());
  }
  for (const unsigned per_mille : {1, 50, 250, 500, 900, 990, 999, 1000}) {
    const auto exact = nearest_rank(values, per_mille);
    const auto given = spread.percentile(per_mille);
    EXPECT_LE(given, exact) << per_mille;
    EXPECT_LE(static_cast<double>(exact - given), static_cast<double>(exact) * 0.000031) << per_mille;
  }
  EXPECT_EQ(spread.most(), *std::ranges::max_element(values));
  EXPECT_EQ(spread.least(), *std::ranges::min_element(values));
}

}  // namespace
}  // namespace gannet::page
