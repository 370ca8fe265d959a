#include "cli/status.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/json.hpp>

#include "cli/command_test.hpp"
#include "core/layout.hpp"
#include "report/snapshots.hpp"
#include "report/summary.hpp"
#include "support/temp_folder.hpp"

namespace gannet::cli {
namespace {

using test::TempFolder;
using test::write_file;
using testing::HasSubstr;
using testing::StartsWith;

struct Said {
  int code;
  std::string out;
  std::string err;
};

Said say_status(const TempFolder& logs, bool json, bool follow = false) {
  StatusOptions options;
  options.settings.report.logs = logs.path();
  options.json = json;
  options.follow = follow;
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  const int code = status(options);
  const std::string out = testing::internal::GetCapturedStdout();
  return {code, out, testing::internal::GetCapturedStderr()};
}

std::string status_now() {
  Snapshot snapshot = test::busy_snapshot();
  snapshot.time = wall_now();
  return report::status_json(snapshot);  // with the number of this process, which is alive
}

TEST(Status, ShowsARunningDaemon) {
  TempFolder logs;
  write_file(logs / "status.json", status_now());
  const Said said = say_status(logs, false);
  EXPECT_EQ(said.code, 0) << said.err;
  EXPECT_THAT(said.out, StartsWith("gannet " GANNET_VERSION "  running"));
}

TEST(Status, GivesProgramsTheFileAndWhetherTheDaemonIsThere) {
  TempFolder logs;
  write_file(logs / "status.json", status_now());
  const Said said = say_status(logs, true);
  EXPECT_EQ(said.code, 0);
  EXPECT_EQ(said.out, "{\"daemon\":\"alive\"," + test::read_file(logs / "status.json").substr(1));
}

class StatusOfAJob : public CommandTest {
 protected:
  StatusOfAJob() {
    for (const auto& path : {layout.active(), layout.done(), layout.failed(), layout.rejected()}) {
      std::filesystem::create_directories(path);
    }
    make("logs/status.json", status_now());
    make("active/20261122T101502-1-cats/list.txt", "");
    make("active/20261122T101502-9-mice/list.txt", "");
    Job birds;
    birds.id = "20261121T101502-1-birds";
    birds.claimed = *parse_rfc3339("2026-11-21T10:15:02.000Z");
    birds.folder = layout.failed() / birds.id;
    make("failed/" + birds.id + "/list.txt", "");
    make("failed/" + birds.id + "/reason.txt", "the list is truncated\n");
    make("failed/" + birds.id + "/summary.json",
         report::summary_json(birds, test::totals_of(40, 9, 1), birds.claimed + 10s));
  }

  void make(const std::string& name, std::string_view text) {
    std::filesystem::create_directories((folder / name).parent_path());
    CommandTest::make(name, text);
  }

  int say(const std::string& job, bool json = false, bool follow = false) {
    StatusOptions options;
    options.settings.report.logs = folder / "logs";
    options.settings.store.root = folder.path();
    options.job = job;
    options.json = json;
    options.follow = follow;
    return captured([&options] { return status(options); });
  }

  Layout layout{folder.path()};
};

TEST_F(StatusOfAJob, ThatIsWorkedOn) {
  EXPECT_EQ(say("cats"), 0) << err;
  EXPECT_THAT(out, StartsWith("gannet " GANNET_VERSION "  running"));
  EXPECT_THAT(out, HasSubstr("50 %  50 of ~100  12/s  ETA 42 s\n"));
  EXPECT_THAT(out, testing::Not(HasSubstr("dogs")));
}

TEST_F(StatusOfAJob, ThatIsWorkedOnForPrograms) {
  EXPECT_EQ(say("cats", true), 0) << err;
  const auto all = boost::json::parse(test::read_file(folder / "logs/status.json"));
  EXPECT_EQ(boost::json::parse(out), all.at("jobs").at(0)) << "the same data";
}

TEST_F(StatusOfAJob, ThatHasEndedEvenWhenFollowed) {
  EXPECT_EQ(say("birds", false, true), 0) << err;
  EXPECT_EQ(out,
            "20261121T101502-1-birds  failed\n"
            "  its list broke: the list is truncated\n"
            "  ended at 2026-11-21T10:15:12Z after 10 s, 5/s\n"
            "  40 ok  9 failed  1 invalid  of 50\n"
            "  stored 40.0 kB, 1.00 kB an image\n"
            "\n"
            "why lines have no image, in percent of all\n"
            "  http_status 18.0 %: the servers answer with an error; `http_status` in the\n"
            "    records says which: 404 is gone, 403 not for us, 429 asked too often\n"
            "  bad_url 2.0 %: these lines hold no URL; `gannet check LIST` shows the first of\n"
            "    them\n"
            "\n"
            "fetch again what failed: gannet retry 20261121T101502-1-birds\n");
  EXPECT_EQ(say("birds", true), 0);
  EXPECT_EQ(out, test::read_file(layout.failed() / "20261121T101502-1-birds/summary.json"));
}

TEST_F(StatusOfAJob, ThatTheDaemonHasNotToldOf) {
  EXPECT_EQ(say("mice"), 1);
  EXPECT_THAT(err, HasSubstr("20261122T101502-9-mice is active, but the daemon has told nothing of it yet"));
}

TEST_F(StatusOfAJob, ThatIsNone) {
  EXPECT_EQ(say("fish"), 1);
  EXPECT_EQ(out, "");
  EXPECT_THAT(err, HasSubstr("there is no job fish"));
  EXPECT_EQ(say("all"), 1);
  EXPECT_THAT(err, HasSubstr("say which job"));
}

TEST_F(StatusOfAJob, WhoseSummaryIsDamaged) {
  make("failed/20261121T101502-1-birds/summary.json", "{\"job\":");
  EXPECT_EQ(say("birds"), 1);
  EXPECT_THAT(err, HasSubstr("birds/summary.json: not a summary"));
}

TEST(Status, SaysThatThereIsNone) {
  TempFolder logs;
  const Said said = say_status(logs, false);
  EXPECT_EQ(said.code, 1);
  EXPECT_EQ(said.out, "");
  EXPECT_THAT(said.err, HasSubstr((logs / "status.json").string() + ": no such file"));
}

TEST(Status, RefusesADamagedFile) {
  TempFolder logs;
  write_file(logs / "status.json", "{\"time\":");
  for (const bool json : {false, true}) {
    const Said said = say_status(logs, json);
    EXPECT_EQ(said.code, 1);
    EXPECT_EQ(said.out, "");
    EXPECT_THAT(said.err, HasSubstr((logs / "status.json").string() + ": not a status file"));
  }
}

TEST(Status, DoesNotWaitForAPipe) {
  TempFolder logs;
  ASSERT_EQ(::mkfifo((logs / "status.json").c_str(), 0600), 0);
  const Said said = say_status(logs, false);
  EXPECT_EQ(said.code, 1);
  EXPECT_THAT(said.err, HasSubstr("not a regular file"));
}

TEST(Status, FollowsUntilInterrupted) {
  TempFolder logs;
  write_file(logs / "status.json", status_now());
  sigset_t interrupt, before;
  sigemptyset(&interrupt);
  sigaddset(&interrupt, SIGINT);
  sigaddset(&interrupt, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &interrupt, &before);
  ::kill(::getpid(), SIGINT);  // waits until status() asks for it
  const Said said = say_status(logs, true, true);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  EXPECT_EQ(said.code, 0);
  EXPECT_EQ(said.out, "{\"daemon\":\"alive\"," + test::read_file(logs / "status.json").substr(1)) << "once";
}

class IsAlive : public testing::Test {
 protected:
  IsAlive() {
    status.pid = ::getpid();
    status.snapshot.time = now;
  }
  const WallTime now = wall_now();
  report::Status status;
};

TEST_F(IsAlive, WhenItWroteLately) {
  EXPECT_EQ(life_of(status, now + 5 * 60s, 60s), Life::alive);
  EXPECT_EQ(life_of(status, now + 5 * 60s + 1ms, 60s), Life::gone);
  EXPECT_EQ(life_of(status, now - 1h, 60s), Life::alive) << "a clock that was set back proves nothing";
}

TEST_F(IsAlive, EvenWhenABusyMachineMissesShortIntervals) {
  EXPECT_EQ(life_of(status, now + 10s, 100ms), Life::alive);
  EXPECT_EQ(life_of(status, now + 11s, 100ms), Life::gone);
}

TEST_F(IsAlive, OrSilentWhileItsProcessIsThere) {
  ::prctl(PR_SET_NAME, "gannetd");
  EXPECT_EQ(life_of(status, now + 1h, 2s), Life::silent);
}

TEST_F(IsAlive, OnlyWithItsProcess) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  status.pid = child;
  EXPECT_EQ(life_of(status, now, 2s), Life::gone);
}

}  // namespace
}  // namespace gannet::cli
