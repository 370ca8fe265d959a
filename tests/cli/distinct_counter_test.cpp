#include "cli/distinct_counter.hpp"

#include <gtest/gtest.h>

#include <random>

namespace gannet::cli {
namespace {

TEST(DistinctCounter, CountsEachHashOnce) {
  DistinctCounter counter(100000);
  std::mt19937_64 random(1);
  for (int i = 0; i < 50000; ++i) {
    const auto hash = random();
    EXPECT_TRUE(counter.add(hash));
    EXPECT_FALSE(counter.add(hash));
  }
  EXPECT_TRUE(counter.add(0));
  EXPECT_FALSE(counter.add(0));
  EXPECT_EQ(counter.count(), 50001u);
  EXPECT_TRUE(counter.exact());
}

TEST(DistinctCounter, IsExactUpToItsBound) {
  DistinctCounter counter(1000);
  std::mt19937_64 random(2);
  for (int i = 0; i < 1000; ++i) counter.add(random());
  EXPECT_EQ(counter.count(), 1000u);
  EXPECT_TRUE(counter.exact());
  counter.add(random());
  EXPECT_FALSE(counter.exact());
}

TEST(DistinctCounter, EstimatesPastItsBound) {
  DistinctCounter counter(10000);
  std::mt19937_64 random(3);
  std::vector<std::uint64_t> seen(1'000'000);
  for (auto& hash : seen) counter.add(hash = random());
  for (const auto hash : seen) counter.add(hash);
  EXPECT_FALSE(counter.exact());
  EXPECT_NEAR(static_cast<double>(counter.count()), 1e6, 5e4);
}

TEST(DistinctCounter, KeepsWithinItsBoundHashesThatLookAlike) {
  DistinctCounter counter(64);
  for (std::uint64_t i = 0; i < 1024; ++i) counter.add(i << 40);
  EXPECT_FALSE(counter.exact());
  // Of these each 16th is left when at most 64 may be, or each 32nd.
  EXPECT_EQ(counter.count(), std::uint64_t{1024} << 40);
}

}  // namespace
}  // namespace gannet::cli
