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

}  // namespace
}  // namespace gannet
