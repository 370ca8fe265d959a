#include "cli/status.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "report/snapshots.hpp"
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

TEST(Status, GivesProgramsTheFileAsItIs) {
  TempFolder logs;
  write_file(logs / "status.json", status_now());
  const Said said = say_status(logs, true);
  EXPECT_EQ(said.code, 0);
  EXPECT_EQ(said.out, test::read_file(logs / "status.json"));
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
  EXPECT_EQ(said.out, test::read_file(logs / "status.json")) << "once";
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
