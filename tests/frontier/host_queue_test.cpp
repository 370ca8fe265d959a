// Lines of one host in memory and on a real disk.
#include "frontier/host_queue.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <random>

#include "support/temp_folder.hpp"

namespace gannet::frontier {
namespace {

const std::string origin = "http://a";

class HostQueueTest : public testing::Test {
 protected:
  void push(unsigned count = 1) {
    for (; count > 0; --count) queue.push(line(++pushed));
  }

  static PackedLine line(std::uint64_t number, unsigned attempt = 1) {
    FetchTask task;
    task.row.line = number;
    task.attempt = attempt;
    task.row.url = "http://a/" + std::to_string(number);
    task.url_is_normal = true;
    return PackedLine(task, origin);
  }

  std::uint64_t pop() {
    auto next = queue.pop_fresh(spill);
    return next ? next->unpack(origin).row.line : 0;
  }

  std::size_t files() const {
    std::error_code none;
    const std::filesystem::directory_iterator all(folder / "spill", none);
    return none ? 0 : static_cast<std::size_t>(std::distance(begin(all), end(all)));
  }

  gannet::test::TempFolder folder;
  Spill spill{folder / "spill", ByteCount{1} << 30};
  HostQueue queue;
  std::uint64_t pushed = 0;
};

TEST_F(HostQueueTest, KeepsTheOrderOfLines) {
  push(100);
  for (std::uint64_t line = 1; line <= 100; ++line) EXPECT_EQ(pop(), line);
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.held().bytes, 0u);
}

TEST_F(HostQueueTest, KeepsItOverTheDisk) {
  push(5000);
  ASSERT_TRUE(queue.spill(spill, 10));
  EXPECT_EQ(queue.held().lines, 10u);
  EXPECT_EQ(queue.lines(), 5000u);
  EXPECT_EQ(spill.lines(), 4990u);
  push(3000);
  for (std::uint64_t line = 1; line <= 4000; ++line) ASSERT_EQ(pop(), line);
  ASSERT_TRUE(queue.spill(spill, 10));
  push(1000);
  for (std::uint64_t line = 4001; line <= 9000; ++line) ASSERT_EQ(pop(), line);
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(spill.lines(), 0u);
}

TEST_F(HostQueueTest, PutsAnotherAttemptInFront) {
  push(2);
  queue.push_again(line(77, 2));
  ASSERT_TRUE(queue.has_again());
  EXPECT_EQ(queue.pop_again().unpack(origin).row.line, 77u);
  EXPECT_FALSE(queue.has_again());
  EXPECT_EQ(pop(), 1u);
}

TEST_F(HostQueueTest, NeverLosesOrRepeatsALine) {
  std::mt19937 random(1);
  for (std::uint64_t expected = 1; expected < 40000;) {
    push(static_cast<unsigned>(random() % 3000));
    if (random() % 3 == 0) {
      ASSERT_TRUE(queue.spill(spill, random() % 500));
    }
    for (auto some = random() % 3000; some > 0 && queue.has_fresh(); --some) ASSERT_EQ(pop(), expected++);
    ASSERT_EQ(queue.lines(), pushed - expected + 1);
    ASSERT_EQ(queue.held().lines + spill.lines(), queue.lines());
  }
}

TEST_F(HostQueueTest, LeavesNoFilesBehindWhatWasReadBack) {
  for (int round = 0; round < 3; ++round) {
    push(300000);
    ASSERT_TRUE(queue.spill(spill, 0));
    EXPECT_GE(files(), 1u);
    while (queue.has_fresh()) ASSERT_NE(pop(), 0u);
    EXPECT_LE(files(), 1u);
  }
}

TEST_F(HostQueueTest, StaysInMemoryWhenTheDiskCannotBeWritten) {
  std::ofstream(folder / "spill") << "no folder";
  push(1000);
  const auto done = queue.spill(spill, 10);
  ASSERT_FALSE(done);
  EXPECT_NE(done.error().detail.find("spill"), std::string::npos) << done.error().detail;
  EXPECT_EQ(queue.held().lines, 1000u);
  for (std::uint64_t line = 1; line <= 1000; ++line) ASSERT_EQ(pop(), line);
}

TEST_F(HostQueueTest, SaysWhenTheDiskLostWhatItWasGiven) {
  push(1000);
  ASSERT_TRUE(queue.spill(spill, 0));
  for (const auto& file : std::filesystem::directory_iterator(folder / "spill")) {
    ASSERT_EQ(::truncate(file.path().c_str(), 100), 0);
  }
  const auto lost = queue.pop_fresh(spill);
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().reason, Reason::disk_error);
}

TEST_F(HostQueueTest, WhatAnEarlierProcessLeftIsRemoved) {
  push(1000);
  ASSERT_TRUE(queue.spill(spill, 0));
  EXPECT_EQ(files(), 1u);
  const Spill next(folder / "spill", ByteCount{1} << 30);
  EXPECT_EQ(files(), 0u);
}

}  // namespace
}  // namespace gannet::frontier
