#include "cli/status_view.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "report/human.hpp"
#include "report/snapshots.hpp"

namespace gannet::cli {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

report::Status busy() { return {"0.1.0", 4242, test::busy_snapshot()}; }

TEST(StatusView, ShowsWhatGoesOn) {
  report::Status status = busy();
  status.snapshot.jobs.resize(1);
  EXPECT_EQ(status_view(status, Life::alive),
            "gannet 0.1.0  running  up 3 h 5 min  pid 4242\n"
            "  last 10 s  4,211/s  61.2 MB/s    last 60 s  4,100/s  60.0 MB/s\n"
            "  in flight 512 of 1,024  connections 600  unwritten 1.05 MB\n"
            "  queued 9,310  retrying 17\n"
            "\n"
            "the disk takes nothing since 2026-11-22T10:14:55Z, so nothing is fetched\n"
            "  results.jsonl: No space left on device\n"
            "\n"
            "local trouble since 2026-11-22T10:14:50Z, next probe in 4 s\n"
            "  no name was resolved for 5 s\n"
            "\n"
            "20261122T101502-1-cats\n"
            "  [##########..........] 50 %  50 of ~100  ETA 42 s\n"
            "  40 ok  9 failed  1 invalid  (http_status 9, bad_url 1)\n"
            "\n"
            "parked hosts\n"
            "  https://slow.example  429 Too Many Requests, 2 times in a row\n"
            "    for 4 min 0 s  1,234 queued  limit 3\n"
            "\n"
            "blocked files\n"
            "  inbox/locked.txt  Permission denied\n");
}

TEST(StatusView, DoesNotTakeADeadDaemonForARunningOne) {
  const std::string view = status_view(busy(), Life::gone);
  EXPECT_THAT(view, StartsWith("gannet 0.1.0  not running; last heard of at 2026-11-22T10:15:02Z\n"));
  EXPECT_THAT(view, Not(HasSubstr("last 10 s"))) << "its speed is history";
  EXPECT_THAT(view, HasSubstr("20261122T101502-1-cats")) << "its jobs wait to be resumed";
}

TEST(StatusView, DoesNotTakeASilentDaemonForADeadOne) {
  const std::string view = status_view(busy(), Life::silent);
  EXPECT_THAT(view, StartsWith("gannet 0.1.0  pid 4242 is there, but told nothing since 2026-11-22T10:15:02Z\n"));
  EXPECT_THAT(view, HasSubstr("the disk of its logs is full"));
  EXPECT_THAT(view, Not(HasSubstr("last 10 s")));
}

TEST(StatusView, SaysSinceWhenItIsStopped) {
  report::Status status = busy();
  status.snapshot.state = "stopped";
  EXPECT_THAT(status_view(status, Life::gone), StartsWith("gannet 0.1.0  stopped at 2026-11-22T10:15:02Z\n"));
  status.snapshot.state = "draining";
  EXPECT_THAT(status_view(status, Life::alive), StartsWith("gannet 0.1.0  draining  up 3 h 5 min"));
}

TEST(StatusView, SaysWhenThereIsNothingToDo) {
  report::Status status = busy();
  status.snapshot.jobs.clear();
  EXPECT_THAT(status_view(status, Life::alive), HasSubstr("no jobs"));
}

TEST(StatusView, ShowsTheThreeMostFrequentReasons) {
  report::Status status = busy();
  auto& reasons = status.snapshot.jobs[0].totals.by_reason;
  reasons[static_cast<std::size_t>(Reason::reset)] = 3;
  reasons[static_cast<std::size_t>(Reason::dns_failed)] = 2;
  EXPECT_THAT(status_view(status, Life::alive), HasSubstr("(http_status 9, reset 3, dns_failed 2, ...)"));
}

TEST(StatusView, KeepsToEightyColumnsAndAFewHosts) {
  report::Status status = busy();
  status.version = std::string(300, 'v');
  status.snapshot.jobs[0].id = std::string(300, 'j');
  status.snapshot.jobs[0].totals.by_reason.fill(1'000'000'000'000);
  status.snapshot.parked.resize(1000, {std::string(300, 'h'), 1, 1, 1, 1s, std::string(300, 'w'), 1});
  status.snapshot.blocked[0].path = std::string(300, 'f');
  const std::string view = status_view(status, Life::alive);
  std::istringstream lines(view);
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) EXPECT_LE(report::width(line), 80u) << line;
  EXPECT_LT(count, 50u);
  EXPECT_THAT(view, HasSubstr("and 990 more"));
}

TEST(StatusView, DisarmsNamesFromOutside) {
  report::Status status = busy();
  const std::string hostile =
      "x\x1b]0;owned\x07\r\n\xc2\x9b"
      "2J";
  status.version = hostile;
  status.snapshot.jobs[0].id = hostile;
  status.snapshot.parked[0].origin = hostile;
  status.snapshot.parked[0].why = hostile;
  status.snapshot.trouble->why = hostile;
  status.snapshot.blocked[0] = {hostile, hostile};
  for (const auto life : {Life::alive, Life::silent, Life::gone}) {
    const std::string view = status_view(status, life);
    for (const auto* harmful : {"\x1b", "\x07", "\r", "\xc2\x9b"}) EXPECT_THAT(view, Not(HasSubstr(harmful)));
  }
}

}  // namespace
}  // namespace gannet::cli
