#include "frontier/packed_line.hpp"

#include <gtest/gtest.h>

namespace gannet::frontier {
namespace {

FetchTask task_of(std::string url, bool normal) {
  FetchTask task;
  task.attempt = 3;
  task.queued = TimePoint{123456789ms};
  task.url_is_normal = normal;
  task.knows_robots = normal;
  task.excused = !normal;
  task.row.line = 1'000'000'000'000;
  task.row.key = 127;
  task.row.url = std::move(url);
  return task;
}

void expect_same(const FetchTask& a, const FetchTask& b) {
  EXPECT_EQ(a.attempt, b.attempt);
  EXPECT_EQ(a.queued, b.queued);
  EXPECT_EQ(a.url_is_normal, b.url_is_normal);
  EXPECT_EQ(a.knows_robots, b.knows_robots);
  EXPECT_EQ(a.excused, b.excused);
  EXPECT_EQ(a.question, b.question);
  EXPECT_EQ(a.free, b.free);
  EXPECT_EQ(a.row.line, b.row.line);
  EXPECT_EQ(a.row.key, b.row.key);
  EXPECT_EQ(a.row.url, b.row.url);
  ASSERT_EQ(a.row.extras == nullptr, b.row.extras == nullptr);
  if (!a.row.extras) return;
  EXPECT_EQ(a.row.extras->sha256, b.row.extras->sha256);
  EXPECT_EQ(a.row.extras->md5, b.row.extras->md5);
  EXPECT_EQ(a.row.extras->columns, b.row.extras->columns);
}

const std::string origin = "https://example.org";

TEST(PackedLine, GivesBackWhatItWasMadeOf) {
  for (const bool normal : {true, false}) {
    const auto task = task_of("https://example.org/a.jpg", normal);
    expect_same(PackedLine(task, origin).unpack(origin), task);
  }
}

TEST(PackedLine, KeepsASpellingThatDoesNotBeginWithItsOrigin) {
  const auto task = task_of("HTTPS://Example.org/a.jpg", false);
  expect_same(PackedLine(task, origin).unpack(origin), task);
}

TEST(PackedLine, KeepsWhatFewListsHave) {
  auto task = task_of("https://example.org/" + std::string(70000, 'x'), true);
  task.row.extras = std::make_unique<RowExtras>();
  task.row.extras->md5 = std::string(32, 'a');
  task.row.extras->columns = std::string("{\"caption\":\"\0\"}", 14);
  expect_same(PackedLine(task, origin).unpack(origin), task);
}

TEST(PackedLine, KeepsHowOftenItWasStartedAgain) {
  for (const FreeStarts free : {FreeStarts{100},
                                {255, true},
                                {0, false, true},
                                {0, false, false, true},
                                {0, false, false, false, true},
                                {1, true, true, true, true}}) {
    auto task = task_of("https://example.org/a.jpg", true);
    task.free = free;
    expect_same(PackedLine(task, origin).unpack(origin), task);
  }
}

TEST(PackedLine, KeepsWhereRedirectsLed) {
  auto task = task_of("https://example.org/a.jpg", true);
  task.trail = std::make_unique<Trail>(
      Trail{{"https://example.org/a.jpg", "https://b.example/"}, "https://c.example/?d", 1234ms});
  const auto back = PackedLine(task, "https://c.example").unpack("https://c.example");
  expect_same(back, task);
  ASSERT_TRUE(back.trail);
  EXPECT_EQ(back.trail->asked, task.trail->asked);
  EXPECT_EQ(back.trail->url, task.trail->url);
  EXPECT_EQ(back.trail->spent, task.trail->spent);
  EXPECT_FALSE(PackedLine(task_of("https://example.org/a.jpg", true), origin).unpack(origin).trail);
}

TEST(PackedLine, KeepsWhatItAsksFor) {
  auto task = task_of("https://example.org/a.jpg", true);
  task.question = Hash128{~std::uint64_t{0}, 7};
  expect_same(PackedLine(task, origin).unpack(origin), task);
}

TEST(PackedLine, TakesLittleMoreThanItsPath) {
  const auto task = task_of("https://example.org/some/path/to/an/image.jpg", true);
  EXPECT_LE(PackedLine(task, origin).bytes().size(), std::string("/some/path/to/an/image.jpg").size() + 24);
}

TEST(PackedLine, ComesBackFromItsBytes) {
  const auto task = task_of("https://example.org/a.jpg", true);
  const PackedLine line(task, origin);
  const std::string two = std::string(line.bytes()) + std::string(line.bytes());
  ASSERT_EQ(PackedLine::length_of(two), line.bytes().size());
  expect_same(PackedLine(std::string_view(two).substr(0, line.bytes().size())).unpack(origin), task);
}

TEST(PackedLine, IsNotFoundInTheStartOfOne) {
  const PackedLine line(task_of("https://example.org/a.jpg", true), origin);
  for (std::size_t size = 0; size < line.bytes().size(); ++size) {
    EXPECT_EQ(PackedLine::length_of(line.bytes().substr(0, size)), 0u) << size;
  }
}

}  // namespace
}  // namespace gannet::frontier
