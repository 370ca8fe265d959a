#include "frontier/line_queue.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <random>

#include "core/memory_use.hpp"

namespace gannet::frontier {
namespace {

constexpr auto block = LineQueue::block_size;

PackedLine line(std::uint64_t number, std::size_t length = 10) {
  FetchTask task;
  task.row.line = number;
  task.attempt = static_cast<unsigned>(number % 5 + 1);
  task.row.url.assign(length, 'x');
  return PackedLine(task, "http://a");
}

std::uint64_t number_of(const PackedLine& line) { return line.unpack("http://a").row.line; }

class LineQueueTest : public testing::Test {
 protected:
  void push(unsigned count, std::size_t length = 10) {
    for (; count > 0; --count) queue.push(line(++pushed, length));
  }

  LineQueue queue;
  std::uint64_t pushed = 0;
};

TEST_F(LineQueueTest, KeepsTheOrderOfLinesOfAnyLength) {
  for (const std::size_t length : {1u, 100u, 5000u, 70'000u, 1u, 1u << 20, 65'000u, 10u}) push(50, length);
  for (std::uint64_t next = 1; next <= pushed; ++next) {
    EXPECT_EQ(queue.attempt(), next % 5 + 1);
    ASSERT_EQ(number_of(queue.pop()), next);
  }
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.held().bytes, 0u);
}

TEST_F(LineQueueTest, TakesLittleMoreThanItsLines) {
  const auto of_line = line(1, 100).bytes().size();
  push(1, 100);
  EXPECT_LT(queue.held().bytes, of_line + 64);
  push(9, 100);
  EXPECT_LT(queue.held().bytes, 25 * of_line);
  push(100'000, 100);
  EXPECT_GE(queue.held().bytes, pushed * of_line);
  EXPECT_LT(queue.held().bytes, pushed * of_line * 103 / 100 + 2 * block);
}

TEST_F(LineQueueTest, ShowsItsEndsAndDropsThem) {
  push(10'000);
  const auto last = queue.last(9'000);
  EXPECT_EQ(last.lines, 1000u);
  EXPECT_EQ(number_of(PackedLine(last.bytes.substr(0, PackedLine::length_of(last.bytes)))), 9'001u);
  EXPECT_EQ(queue.held().lines, 10'000u) << "it is still there";
  queue.drop_last(last);
  EXPECT_EQ(queue.held().lines, 9'000u);
  EXPECT_EQ(queue.last(9'000).lines, 0u);

  const auto first = queue.first();
  EXPECT_GT(first.lines, 1000u);
  EXPECT_LE(first.bytes.size(), block);
  queue.drop_first(first);
  for (auto next = first.lines + 1; next <= 9'000; ++next) ASSERT_EQ(number_of(queue.pop()), next);
  EXPECT_EQ(queue.held().bytes, 0u);
}

TEST_F(LineQueueTest, TakesLinesBackInFront) {
  push(1000);
  for (const std::size_t length : {10u, 3u, 5000u, 20'000u}) {  // what comes back may be longer
    const auto first = number_of(queue.pop());
    ASSERT_EQ(number_of(queue.pop()), first + 1);
    queue.put_back(line(first + 1, length).bytes());
    queue.put_back(line(first, length).bytes());
    EXPECT_EQ(number_of(queue.pop()), first);
  }
  for (std::uint64_t next = 5; next <= 1000; ++next) ASSERT_EQ(number_of(queue.pop()), next);
  queue.put_back(line(7).bytes());
  EXPECT_EQ(queue.held().lines, 1u);
  EXPECT_EQ(number_of(queue.pop()), 7u);
  EXPECT_EQ(queue.held().bytes, 0u);
}

TEST_F(LineQueueTest, TakesOverAnother) {
  LineQueue other;
  push(100);
  for (auto number = pushed + 1; number <= 5000; ++number) other.push(line(number));
  queue.take_over(std::move(other));
  EXPECT_TRUE(other.empty());
  EXPECT_EQ(other.held().bytes, 0u);
  pushed = 5000;
  push(1);
  for (std::uint64_t next = 1; next <= 5001; ++next) ASSERT_EQ(number_of(queue.pop()), next);
}

TEST_F(LineQueueTest, NeverLosesALineNorCountsOneWrongly) {
  std::mt19937 random(1);
  std::deque<std::uint64_t> expected;
  for (int round = 0; round < 2000; ++round) {
    for (auto some = random() % 200; some > 0; --some) {
      push(1, random() % 1000);
      expected.push_back(pushed);
    }
    if (random() % 4 == 0) {
      const auto run = random() % 2 == 0 ? queue.last(random() % 300) : LineQueue::Run{};
      queue.drop_last(run);
      expected.resize(expected.size() - run.lines);
    }
    if (random() % 16 == 0) {
      const auto run = queue.first();
      queue.drop_first(run);
      expected.erase(expected.begin(), expected.begin() + static_cast<std::ptrdiff_t>(run.lines));
    }
    for (auto some = random() % 150; some > 0 && !queue.empty(); --some) {
      ASSERT_EQ(number_of(queue.pop()), expected.front());
      expected.pop_front();
    }
    ASSERT_EQ(queue.held().lines, expected.size());
    ASSERT_EQ(queue.empty(), queue.held().bytes == 0);
  }
}

// Lines of many hosts come in turn: what is freed between others would stay resident.
TEST_F(LineQueueTest, GivesItsMemoryBackWhateverIsAroundIt) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "what a sanitizer keeps is not its";
#endif
  std::vector<LineQueue> queues(64);
  for (std::uint64_t number = 0; number < 300'000; ++number) queues[number % queues.size()].push(line(number, 200));
  const auto before = memory_use().resident;
  std::uint64_t dropped = 0;
  for (std::size_t one = 0; one < queues.size(); one += 2) {
    dropped += queues[one].held().bytes;
    while (queues[one].held().lines > 100) queues[one].drop_last(queues[one].last(100));
    dropped -= queues[one].held().bytes;
  }
  EXPECT_LT(memory_use().resident + dropped / 10 * 8, before);
}

}  // namespace
}  // namespace gannet::frontier
