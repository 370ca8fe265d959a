#include "page/timeline.hpp"

#include <gtest/gtest.h>

namespace gannet::page {
namespace {

const WallTime start = *parse_rfc3339("2026-11-22T10:15:02.123Z");

TEST(Timeline, CountsSecondBySecondAtFirst) {
  Timeline timeline;
  timeline.add(start, Outcome::ok, 100);
  timeline.add(start + 800ms, Outcome::failed, 0);
  timeline.add(start + 3s, Outcome::ok, 11);
  const auto steps = timeline.steps();
  ASSERT_EQ(steps.size(), 4u);
  EXPECT_EQ(timeline.width(), 1s);
  EXPECT_EQ(to_rfc3339(timeline.start()), "2026-11-22T10:15:02.000Z");
  EXPECT_EQ(steps[0].of(Outcome::ok), 1u);
  EXPECT_EQ(steps[0].of(Outcome::failed), 1u);
  EXPECT_EQ(steps[0].bytes, 100u);
  EXPECT_EQ(steps[1].lines(), 0u);
  EXPECT_EQ(steps[3].bytes, 11u);
}

TEST(Timeline, WidensItsStepsAndLosesNothing) {
  Timeline timeline;
  std::uint64_t added = 0;
  for (const auto span : {1s, 3600s, 86'400s, 100 * 86'400s, 3000 * 86'400s}) {
    for (int i = 0; i < 100; ++i, ++added) timeline.add(start + span * i / 100, Outcome::ok, 1);
    const auto steps = timeline.steps();
    EXPECT_LE(steps.size(), Timeline::most_steps);
    std::uint64_t lines = 0, bytes = 0;
    for (const auto& step : steps) lines += step.lines(), bytes += step.bytes;
    EXPECT_EQ(lines, added) << span.count();
    EXPECT_EQ(bytes, lines);
  }
}

TEST(Timeline, TakesTimesThatWereSetBack) {
  Timeline timeline;
  timeline.add(start, Outcome::ok, 1);
  timeline.add(start - 10s, Outcome::failed, 0);
  timeline.add(WallTime(-1ms), Outcome::ok, 1);
  EXPECT_LE(timeline.steps().size(), Timeline::most_steps);
  EXPECT_EQ(timeline.steps().front().lines(), 1u);
  EXPECT_EQ(timeline.steps().back().lines(), 2u);
}

}  // namespace
}  // namespace gannet::page
