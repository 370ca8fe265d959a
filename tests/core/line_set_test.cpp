#include "core/line_set.hpp"

#include <gtest/gtest.h>

namespace gannet {
namespace {

TEST(LineSet, CountsWhatIsInAPartOfIt) {
  LineSet lines;
  EXPECT_EQ(lines.count(0, 1000), 0u);
  for (const std::uint64_t line : {1, 63, 64, 65, 127, 128, 700}) EXPECT_TRUE(lines.insert(line));
  EXPECT_FALSE(lines.insert(64));
  EXPECT_EQ(lines.count(0, 0), 0u);
  EXPECT_EQ(lines.count(0, 1), 0u);
  EXPECT_EQ(lines.count(0, 2), 1u);
  EXPECT_EQ(lines.count(0, 64), 2u);
  EXPECT_EQ(lines.count(0, 65), 3u);
  EXPECT_EQ(lines.count(64, 65), 1u);
  EXPECT_EQ(lines.count(64, 128), 3u);
  EXPECT_EQ(lines.count(128, 128), 0u);
  EXPECT_EQ(lines.count(0, 701), 7u);
  EXPECT_EQ(lines.count(0, ~std::uint64_t{0}), 7u);
  EXPECT_EQ(lines.size(), 7u);
}

TEST(LineSet, ForgetsSingleLinesBelowTheLineUpToWhichNothingIsMissing) {
  LineSet lines;
  for (std::uint64_t line = 1; line < 1000; ++line) lines.insert(line);
  lines.insert(1500);
  lines.settle(1000);
  EXPECT_EQ(lines.settled(), 960u);
  EXPECT_EQ(lines.size(), 1000u);
  EXPECT_TRUE(lines.contains(0)) << "no row, so nothing is missing";
  EXPECT_TRUE(lines.contains(959));
  EXPECT_TRUE(lines.contains(999));
  EXPECT_FALSE(lines.contains(1000));
  EXPECT_TRUE(lines.contains(1500));
  EXPECT_FALSE(lines.insert(5));
  EXPECT_FALSE(lines.insert(1500));
  EXPECT_TRUE(lines.insert(1000));
  EXPECT_EQ(lines.count(960, 1001), 41u);
  EXPECT_EQ(lines.count(1024, ~std::uint64_t{0}), 1u);
  lines.settle(10);
  EXPECT_EQ(lines.settled(), 960u) << "never back";
  lines.settle(1'000'000);
  EXPECT_TRUE(lines.words().empty());
  EXPECT_TRUE(lines.contains(999'999));
  EXPECT_FALSE(lines.contains(1'000'000));
}

TEST(LineSet, IsMadeOfWhatAnotherConsistsOf) {
  LineSet lines;
  for (const std::uint64_t line : {130, 131, 400}) lines.insert(line);
  lines.settle(128);
  const LineSet again(lines.settled(), lines.words());
  for (const std::uint64_t line : {1, 130, 131, 400}) EXPECT_TRUE(again.contains(line)) << line;
  for (const std::uint64_t line : {129, 132, 401, 100'000}) EXPECT_FALSE(again.contains(line)) << line;
  EXPECT_EQ(again.size(), 3u);
}

}  // namespace
}  // namespace gannet
