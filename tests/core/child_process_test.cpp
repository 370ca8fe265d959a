#include "core/child_process.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>

namespace gannet {
namespace {

// All that it says, until the end.
std::string said(const ChildProcess& child) {
  std::string text;
  for (;;) {
    pollfd end{child.output(), POLLIN, 0};
    ::poll(&end, 1, -1);
    char room[256];
    const auto count = ::read(child.output(), room, sizeof room);
    if (count <= 0) return text;
    text.append(room, static_cast<std::size_t>(count));
  }
}

std::string ending(ChildProcess& child) {
  for (;;) {
    const auto how = child.ended();
    if (!how.empty()) return how;
    ::usleep(1000);
  }
}

ChildProcess shell(const std::string& script) { return *ChildProcess::start({"/bin/sh", "-c", script}); }

TEST(ChildProcess, IsToldAndHeard) {
  auto child = shell("read word; echo \"it was $word\"; exit 3");
  ASSERT_EQ(::write(child.input(), "this\n", 5), 5);
  EXPECT_EQ(said(child), "it was this\n");
  EXPECT_EQ(ending(child), "exited with 3");
  EXPECT_EQ(child.ended(), "has ended");
}

TEST(ChildProcess, ReadsTheEnd) {
  auto child = *ChildProcess::start({"/bin/cat"});
  EXPECT_EQ(child.ended(), "");
  child.close_input();
  EXPECT_EQ(said(child), "");
  EXPECT_EQ(ending(child), "exited with 0");
}

TEST(ChildProcess, SaysWhichProgramIsNotThere) {
  const auto child = ChildProcess::start({"/nonexistent/program"});
  ASSERT_FALSE(child);
  EXPECT_EQ(child.error().detail, "/nonexistent/program: No such file or directory");
}

TEST(ChildProcess, InheritsNeitherDescriptorsNorSignalsNorOurServiceManager) {
  const int open = ::open("/dev/null", O_RDONLY);  // not to be closed when a program is started
  ::setenv("NOTIFY_SOCKET", "/run/ours", 1);
  const auto before = ::signal(SIGPIPE, SIG_IGN);
  sigset_t hangup, mask;
  sigemptyset(&hangup);
  sigaddset(&hangup, SIGHUP);
  ::pthread_sigmask(SIG_BLOCK, &hangup, &mask);
  // Of grep, not of the shell: that blocks all signals while it starts one.
  auto child = shell("ls /proc/$$/fd; grep -E 'SigBlk|SigIgn' /proc/self/status; echo \"$NOTIFY_SOCKET\"");
  ::pthread_sigmask(SIG_SETMASK, &mask, nullptr);
  ::signal(SIGPIPE, before);
  ::unsetenv("NOTIFY_SOCKET");
  ::close(open);
  // The C library keeps two signals above those with names for itself.
  EXPECT_THAT(said(child), testing::MatchesRegex("0\n1\n2\nSigBlk:\t0+\nSigIgn:\t0+(18)?0*\n\n"));
}

TEST(ChildProcess, IsKilledWithWhatItStarted) {
  auto child = shell("sleep 1000 & echo $!; sleep 1000");
  char number[32] = "";
  pollfd end{child.output(), POLLIN, 0};
  ::poll(&end, 1, -1);
  ASSERT_GT(::read(child.output(), number, sizeof number - 1), 0);
  child.kill();
  EXPECT_EQ(said(child), "") << "nobody holds its output any more";
  EXPECT_EQ(ending(child), "killed by signal 9");
}

}  // namespace
}  // namespace gannet
