#include "report/hook_queue.hpp"

#include <gtest/gtest.h>

namespace gannet::report {
namespace {

std::string next(HookQueue& queue) {
  const auto* line = queue.next();
  return line ? *line : "";
}

TEST(HookQueue, HandsOutLinesInTheirOrderAsFarAsItMay) {
  HookQueue queue({.unacknowledged = 2});
  for (const auto* line : {"1", "2", "3"}) EXPECT_TRUE(queue.add(line));
  EXPECT_EQ(next(queue), "1\n");
  EXPECT_EQ(next(queue), "2\n");
  EXPECT_EQ(next(queue), "") << "two are under way";
  EXPECT_TRUE(queue.acknowledged());
  EXPECT_EQ(next(queue), "3\n");
  EXPECT_EQ(next(queue), "");
  EXPECT_TRUE(queue.acknowledged());
  EXPECT_TRUE(queue.acknowledged());
  EXPECT_FALSE(queue.acknowledged()) << "of nothing";
  EXPECT_EQ(queue.waiting(), 0u);
  EXPECT_EQ(queue.counts().acknowledged, 3u);
}

TEST(HookQueue, DropsWhatItHasNoRoomFor) {
  HookQueue queue({.lines = 2});
  EXPECT_TRUE(queue.add("1"));
  EXPECT_TRUE(queue.add("2"));
  EXPECT_FALSE(queue.add("3"));
  EXPECT_EQ(queue.counts().dropped, 1u);
  next(queue);
  EXPECT_FALSE(queue.add("3")) << "what is under way takes room";
  queue.acknowledged();
  EXPECT_TRUE(queue.add("4"));
  EXPECT_EQ(next(queue), "2\n");
  EXPECT_EQ(next(queue), "4\n");
}

TEST(HookQueue, HoldsSoManyBytesAtMost) {
  HookQueue queue({.bytes = 10});
  EXPECT_TRUE(queue.add("12345678"));
  EXPECT_FALSE(queue.add("1"));
  next(queue);
  queue.acknowledged();
  EXPECT_TRUE(queue.add("1")) << "it gave all of them back";
  EXPECT_FALSE(queue.add("123456789")) << "with its end there are too many";
}

TEST(HookQueue, SaysAgainWhatADeadProcessDidNotAcknowledge) {
  HookQueue queue({});
  for (const auto* line : {"1", "2", "3"}) queue.add(line);
  next(queue);
  next(queue);
  queue.acknowledged();
  EXPECT_FALSE(queue.died());
  EXPECT_EQ(queue.under_way(), 0u);
  EXPECT_EQ(next(queue), "2\n");
  EXPECT_EQ(next(queue), "3\n");
}

TEST(HookQueue, LeavesOutTheLineThatKillsEachProcess) {
  HookQueue queue({.deaths = 3});
  queue.add("poison");
  queue.add("2");
  for (const bool last : {false, false, true}) {
    EXPECT_FALSE(queue.died() && !last) << "that nothing was written to costs no line";
    next(queue);
    next(queue);
    EXPECT_EQ(queue.died(), last);
  }
  EXPECT_EQ(queue.counts().left_out, 1u);
  EXPECT_EQ(next(queue), "2\n");
  EXPECT_FALSE(queue.died()) << "it has three of its own";
}

}  // namespace
}  // namespace gannet::report
