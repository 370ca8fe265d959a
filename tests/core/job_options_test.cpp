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

TEST(JobOptions, AListWithHeadersOfItsOwnAsksInAWayOfItsOwn) {
  JobOptions list;
  EXPECT_FALSE(asks_specially(nullptr));
  list.max_body = 1;
  list.user_agent = "";
  EXPECT_FALSE(asks_specially(&list));
  for (auto header : {&JobOptions::user_agent, &JobOptions::referer, &JobOptions::accept_header}) {
    JobOptions own;
    own.*header = "a";
    EXPECT_TRUE(asks_specially(&own));
  }
}

}  // namespace
}  // namespace gannet
