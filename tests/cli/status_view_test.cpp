#include "cli/status_view.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "report/human.hpp"
#include "report/snapshots.hpp"

namespace gannet::cli {
namespace {

using testing::EndsWith;
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
            "a log takes nothing since 2026-11-22T10:14:56Z, 12 lines are lost\n"
            "  completions.jsonl: No space left on device\n"
            "\n"
            "local trouble since 2026-11-22T10:14:50Z, next probe in 4 s\n"
            "  no name was resolved for 5 s\n"
            "\n"
            "20261122T101502-1-cats\n"
            "  [##########..........] 50 %  50 of ~100  12/s  ETA 42 s\n"
            "  40 ok  9 failed  1 invalid  (http_status 9, bad_url 1)\n"
            "\n"
            "why lines have no image, in percent of all\n"
            "  http_status 18.0 %: the servers answer with an error; `http_status` in the\n"
            "    records says which: 404 is gone, 403 not for us, 429 asked too often\n"
            "  bad_url 2.0 %: these lines hold no URL; `gannet check LIST` shows the first of\n"
            "    them\n"
            "\n"
            "parked hosts: 1\n"
            "  https://slow.example  429 Too Many Requests, 2 times in a row\n"
            "    for 4 min 0 s  1,234 queued  limit 3\n"
            "\n"
            "hooks: 2\n"
            "  on_record  runs\n"
            "    1,000 acknowledged  3 waiting  40 dropped  1 left out  2 restarts\n"
            "  on_job_done  does not run: exited with 1\n"
            "    0 acknowledged  1 waiting  5 restarts\n"
            "\n"
            "blocked files: 1\n"
            "  inbox/locked.txt\n"
            "    Permission denied\n");
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
  EXPECT_THAT(view, HasSubstr("It hangs"));
  const std::string mute = status_view(busy(), Life::mute);
  EXPECT_THAT(mute, StartsWith("gannet 0.1.0  pid 4242  works; no room for logs since 2026-11-22T10:15:02Z\n"));
  EXPECT_THAT(mute, HasSubstr("The fetching goes on"));
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

TEST(StatusView, ExplainsTheReasonsOfAllJobsTogether) {
  report::Status status = busy();
  status.snapshot.jobs[1].totals = test::totals_of(0, 50, 0);
  EXPECT_THAT(status_view(status, Life::alive), HasSubstr("\n  http_status 59.0 %: ")) << "59 of 100";
  status.snapshot.jobs.clear();
  EXPECT_THAT(status_view(status, Life::alive), HasSubstr("\n  http_status 9.0 %: ")) << "since the start";
}

TEST(StatusView, ExplainsTheFiveMostFrequentReasons) {
  report::Status status = busy();
  for (std::size_t i = 1; i < reason_count; ++i) status.snapshot.jobs[0].totals.by_reason[i] = 1000 - i;
  const std::string view = status_view(status, Life::alive);
  EXPECT_THAT(view, HasSubstr("\n  dns_failed "));
  EXPECT_THAT(view, Not(HasSubstr("\n  connect_refused ")));
  EXPECT_THAT(view, HasSubstr("\n  and 29 more reasons: gannet status JOB")) << view;
}

TEST(StatusView, ShowsOneJobWithAllItsReasons) {
  report::Status status = busy();
  for (std::size_t i = 1; i < reason_count; ++i) status.snapshot.jobs[0].totals.by_reason[i] = 1;
  const auto view = job_status_view(status, Life::alive, "20261122T101502-1-cats");
  ASSERT_TRUE(view);
  EXPECT_THAT(*view, StartsWith("gannet 0.1.0  running  up 3 h 5 min  pid 4242\n\nthe disk takes nothing since "));
  EXPECT_THAT(*view, HasSubstr("\n\nlocal trouble since 2026-11-22T10:14:50Z, next probe in 4 s\n"));
  EXPECT_THAT(*view, HasSubstr("\n\n20261122T101502-1-cats\n  [####"));
  EXPECT_THAT(*view, EndsWith("\nparked hosts: 1, with 1,234 queued lines of all jobs; gannet status names them\n"));
  for (std::size_t i = 1; i < reason_count; ++i) {
    EXPECT_THAT(*view, HasSubstr("\n  " + std::string(to_string(static_cast<Reason>(i))) + " 2.0 %: "));
  }
  EXPECT_THAT(*view, Not(HasSubstr("dogs")));
  std::istringstream lines(*view);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(report::width(line), 80u) << line;
  EXPECT_FALSE(job_status_view(status, Life::alive, "20261122T101502-1-cat"));
}

TEST(StatusView, ListsAFewJobsAndSaysHowManyMore) {
  report::Status status = busy();
  status.snapshot.jobs.resize(256, status.snapshot.jobs[0]);
  EXPECT_THAT(status_view(status, Life::alive), HasSubstr("\n\nand 246 more jobs: gannet status JOB\n"));
}

TEST(Fitted, CutsAPageToItsScreen) {
  const std::string page = "one\nthe second\nthree\nfour\n";
  EXPECT_EQ(fitted(page, 24, 80), page);
  EXPECT_EQ(fitted(page, 5, 80), page) << "the cursor has the last line";
  EXPECT_EQ(fitted(page, 4, 80), "one\nthe second\nand 2 more lines\n");
  EXPECT_EQ(fitted(page, 24, 4), "one\nthe\u2026\nthr\u2026\nfour\n");
  EXPECT_EQ(fitted(page, 1, 80), "and 4 more lines\n");
  EXPECT_EQ(fitted(page, 0, 0), page) << "no screen";
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
  EXPECT_LT(count, 70u);
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
  for (const auto life : {Life::alive, Life::silent, Life::mute, Life::gone}) {
    const std::string view = status_view(status, life);
    for (const auto* harmful : {"\x1b", "\x07", "\r", "\xc2\x9b"}) EXPECT_THAT(view, Not(HasSubstr(harmful)));
  }
}

}  // namespace
}  // namespace gannet::cli
