#include "core/job_options.hpp"

#include <gtest/gtest.h>

namespace gannet {
namespace {

TEST(JobOptions, TheStricterOfTwoLimitsIsTheLesserAndAnyIsStricterThanNone) {
  EXPECT_EQ(stricter(3u, 5u), 3u);
  EXPECT_EQ(stricter(5u, 3u), 3u);
  EXPECT_EQ(stricter(0u, 5u), 5u);
  EXPECT_EQ(stricter(5u, 0u), 5u);
  EXPECT_EQ(stricter(0.0, 0.0), 0.0);
  EXPECT_EQ(stricter(0.5, 2.0), 0.5);
}

}  // namespace
}  // namespace gannet
