#include "cli/progress.hpp"

#include <gtest/gtest.h>
#include <stdio.h>

#include "cli/gauge.hpp"
#include "report/human.hpp"

namespace gannet::cli {
namespace {

const TimePoint start = TimePoint{} + 1000h;

// 12,345 of about 20,000 lines.
Snapshot under_way() {
  Snapshot snapshot;
  snapshot.state = "running";
  snapshot.totals.lines = 12345;
  snapshot.totals.by_outcome = {9310, 12, 0, 0};
  snapshot.rates = {4210, 4000, 61.2e6, 60e6};
  JobStatus job;
  job.totals = snapshot.totals;
  job.lines_read = 15000;
  job.read_fraction = 0.75;
  job.remaining = 2s;
  snapshot.jobs = {job};
  return snapshot;
}

TEST(ProgressLine, TellsWhatIsDoneAndExpected) {
  EXPECT_EQ(progress_line(under_way()), "12,345 of ~20,000 lines  9,310 ok  12 failed  4,210/s  61.2 MB/s  ETA 2 s");
}

TEST(ProgressLine, IsExactOnceTheListsAreRead) {
  Snapshot snapshot = under_way();
  snapshot.jobs[0].read_fraction = 1;
  snapshot.totals.by_outcome = {9310, 12, 3, 4};
  snapshot.jobs[0].remaining.reset();
  EXPECT_EQ(progress_line(snapshot),
            "12,345 of 15,000 lines  9,310 ok  12 failed  3 skipped  4 invalid  4,210/s  61.2 MB/s");
}

TEST(ProgressLine, ClaimsNothingBeforeItCanKnow) {
  Snapshot snapshot = under_way();
  snapshot.jobs.emplace_back();
  EXPECT_TRUE(progress_line(snapshot).starts_with("12,345 of ? lines")) << progress_line(snapshot);
  EXPECT_EQ(progress_line(snapshot).find("ETA"), std::string::npos);
}

TEST(ProgressLine, CountsFinishedJobsAndWhatEarlierRunsLeft) {
  Snapshot snapshot = under_way();
  snapshot.totals.lines = 500;  // by this process: 400 of a job that is finished, 100 of one that an earlier run began
  snapshot.jobs[0].totals.lines = 900;
  snapshot.jobs[0].lines_read = 1000;
  snapshot.jobs[0].read_fraction = 1;
  EXPECT_TRUE(progress_line(snapshot).starts_with("500 of 600 lines")) << progress_line(snapshot);
  snapshot.jobs.clear();
  EXPECT_TRUE(progress_line(snapshot).starts_with("500 of 500 lines")) << progress_line(snapshot);
}

TEST(ProgressLine, SaysThatItIsStopping) {
  Snapshot snapshot = under_way();
  snapshot.state = "draining";
  EXPECT_TRUE(progress_line(snapshot).starts_with("stopping  12,345"));
}

TEST(ProgressLine, SaysWhyNothingMoves) {
  Snapshot snapshot = under_way();
  snapshot.trouble.emplace();
  EXPECT_EQ(progress_line(snapshot).substr(0, 21), "local trouble  12,345");
}

TEST(ProgressLine, SaysThatAllThatIsLeftWaitsForParkedHosts) {
  Snapshot snapshot = under_way();
  const auto parked = [](std::string origin, std::uint64_t queued, seconds parked_for) {
    return HostStatus{
        .origin = std::move(origin), .queued = queued, .parked_for = parked_for, .why = "http_status 429"};
  };
  snapshot.parked = {parked("http://idle", 0, 1s), parked("http://a", 7, 500s)};
  EXPECT_TRUE(progress_line(snapshot).starts_with("waiting 8 min 20 s for http://a (http_status 429)  12,345"))
      << progress_line(snapshot);
  snapshot.parked.push_back(parked("http://b", 1, 30s));
  EXPECT_TRUE(progress_line(snapshot).starts_with("waiting 30 s for 2 parked hosts  12,345"))
      << progress_line(snapshot);
  snapshot.in_flight = 1;
  EXPECT_TRUE(progress_line(snapshot).starts_with("12,345")) << progress_line(snapshot);
}

TEST(Progress, PrintsALineEveryFiveSecondsWithoutATerminal) {
  Progress progress;
  EXPECT_EQ(progress.update(under_way(), start, 0), "");
  EXPECT_EQ(progress.update(under_way(), start + 4999ms, 0), "");
  EXPECT_EQ(progress.update(under_way(), start + 5s, 0), progress_line(under_way()) + '\n');
  EXPECT_EQ(progress.update(under_way(), start + 9s, 0), "");
  EXPECT_EQ(progress.update(under_way(), start + 30s, 0), progress_line(under_way()) + '\n');
  EXPECT_EQ(progress.update(under_way(), start + 31s, 0), "") << "missed lines are not made up for";
  EXPECT_EQ(progress.clear(), "");
}

TEST(Progress, RedrawsOneLineOnATerminal) {
  Progress progress;
  const std::string drawn = progress.update(under_way(), start, 120);
  EXPECT_EQ(drawn, "\r[##################............] 61 %  " + progress_line(under_way()));
  EXPECT_EQ(progress.update(under_way(), start, 120), drawn);
}

TEST(Progress, HasABarOnAnOrdinaryTerminalToo) {
  Progress progress;
  EXPECT_EQ(progress.update(under_way(), start, 80),
            "\r[########......] 61 %  12,345 of ~20,000  9,310 ok  12 failed  4,210/s  ETA 2 s");
}

TEST(Progress, NeverWrapsWhateverTheWidth) {
  for (std::size_t columns = 1; columns < 200; ++columns) {
    Progress progress;
    const std::string drawn = progress.update(under_way(), start, columns);
    ASSERT_EQ(drawn.front(), '\r');
    EXPECT_LT(report::width(drawn.substr(1)), columns);
    EXPECT_EQ(drawn.find('\n'), std::string::npos);
  }
}

TEST(Progress, LeavesNothingOfALongerLine) {
  Progress progress;
  const auto longer = report::width(progress.update(under_way(), start, 120));
  const std::string shorter = progress.update({}, start, 120);
  EXPECT_EQ(report::width(shorter), longer);
  EXPECT_TRUE(shorter.ends_with("  "));
}

TEST(Progress, IsTakenOffTheTerminalOnce) {
  Progress progress;
  EXPECT_EQ(progress.clear(), "");
  const auto drawn = report::width(progress.update(under_way(), start, 120)) - 1;
  EXPECT_EQ(progress.clear(), '\r' + std::string(drawn, ' ') + '\r');
  EXPECT_EQ(progress.clear(), "");
}

TEST(Bar, FillsWithTheFraction) {
  EXPECT_EQ(bar(0, 12), "[..........]");
  EXPECT_EQ(bar(0.5, 12), "[#####.....]");
  EXPECT_EQ(bar(0.999, 12), "[#########.]") << "full only when all is done";
  EXPECT_EQ(bar(7, 12), "[##########]");
  EXPECT_EQ(bar(-1, 12), "[..........]");
  EXPECT_EQ(bar(1, 2), "");
}

TEST(Percent, IsFullOnlyWhenAllIsDone) {
  EXPECT_EQ(percent(0), "  0 %");
  EXPECT_EQ(percent(0.999), " 99 %");
  EXPECT_EQ(percent(1), "100 %");
}

TEST(ExtentOf, NeverPromisesLessThanWasRead) {
  JobStatus job;
  EXPECT_FALSE(extent_of(job));
  job.lines_read = 10;
  job.read_fraction = 1e-300;
  EXPECT_EQ(extent_of(job)->lines, 1'000'000'000'000'000'000u);
  job.read_fraction = 0.9999999;
  EXPECT_EQ(extent_of(job)->lines, 10u);
  EXPECT_FALSE(extent_of(job)->exact);
}

TEST(TerminalColumns, AreZeroForAFile) {
  FILE* file = ::tmpfile();
  ASSERT_TRUE(file);
  EXPECT_EQ(terminal_columns(::fileno(file)), 0u);
  ::fclose(file);
}

}  // namespace
}  // namespace gannet::cli
