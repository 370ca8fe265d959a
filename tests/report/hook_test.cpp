#include "report/hook.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "support/temp_folder.hpp"

namespace gannet::report {
namespace {

using test::read_file;
using testing::HasSubstr;

class HookTest : public testing::Test {
 protected:
  // A shell script; $OUT is a file of ours.
  Hook::Options script(const std::string& text) const {
    Hook::Options options;
    options.name = "on_record";
    options.command = {"/bin/sh", "-c", "OUT=" + out.string() + "; " + text};
    options.first_wait = 1ms;
    options.longest_wait = 20ms;
    options.farewell = 1h;  // a test ends when all is told
    return options;
  }

  template <class Done>
  static HookStatus wait_until(const Hook& hook, Done done) {
    for (;;) {
      const auto status = hook.status();
      if (done(status)) return status;
      ::usleep(1000);
    }
  }

  std::string told() const { return std::filesystem::exists(out) ? read_file(out) : ""; }

  test::TempFolder folder;
  std::filesystem::path out = folder / "out";
};

TEST_F(HookTest, TellsLinesInTheirOrder) {
  {
    Hook hook(script("while read line; do echo \"$line\" >> $OUT; echo ok; done"));
    hook.tell("{\"line\":1}\n{\"line\":2}\n");
    hook.tell("{\"line\":3}\n");
    const auto status = wait_until(hook, [](const auto& now) { return now.acknowledged == 3; });
    EXPECT_TRUE(status.running);
    EXPECT_EQ(status.waiting, 0u);
    EXPECT_EQ(status.dropped, 0u);
    EXPECT_EQ(status.restarts, 0u);
  }
  EXPECT_EQ(told(), "{\"line\":1}\n{\"line\":2}\n{\"line\":3}\n");
}

TEST_F(HookTest, TellsTheRestBeforeItEndsAndLetsTheProgramEndByItself) {
  {
    Hook hook(script("while read line; do echo \"$line\" >> $OUT; echo ok; done; echo end >> $OUT"));
    std::string many;
    for (int i = 0; i < 1000; ++i) many += std::to_string(i) + '\n';
    hook.tell(many);
  }
  EXPECT_THAT(told(), testing::StartsWith("0\n1\n2\n"));
  EXPECT_THAT(told(), testing::EndsWith("998\n999\nend\n"));
}

TEST_F(HookTest, StartsTheProgramAgainAndSaysAgainWhatItDidNotAcknowledge) {
  {
    Hook hook(script("read line; echo \"$line\" >> $OUT; echo ok; read line"));  // dies of each second line
    hook.tell("1\n2\n3\n");
    const auto status = wait_until(hook, [](const auto& now) { return now.acknowledged == 3; });
    EXPECT_GE(status.restarts, 2u);
    EXPECT_EQ(status.left_out, 0u);
  }
  EXPECT_EQ(told(), "1\n2\n3\n");
}

TEST_F(HookTest, LeavesOutALineThatKillsTheProgramEachTime) {
  {
    Hook hook(script("while read line; do [ $line = poison ] && kill -9 $$; echo \"$line\" >> $OUT; echo ok; done"));
    hook.tell("1\npoison\n2\n");
    const auto status = wait_until(hook, [](const auto& now) { return now.acknowledged == 2; });
    EXPECT_EQ(status.left_out, 1u);
  }
  EXPECT_EQ(told(), "1\n2\n");
}

TEST_F(HookTest, WaitsForNobody) {
  auto options = script("sleep 1000");  // never reads
  options.limits.lines = 100;
  options.farewell = 0ms;
  Hook hook(options);
  std::string lines;
  for (int i = 0; i < 1000; ++i) lines += std::string(1000, 'x') + '\n';
  hook.tell(lines);
  const auto status = wait_until(hook, [](const auto& now) { return now.dropped > 0; });
  EXPECT_EQ(status.waiting, 100u);
  EXPECT_EQ(status.dropped, 900u);
}

TEST_F(HookTest, DropsWhatDoesNotFitIntoItsMemory) {
  auto options = script("sleep 1000");
  options.limits.bytes = 100;
  options.farewell = 0ms;
  Hook hook(options);
  wait_until(hook, [](const auto& now) { return now.running; });  // and has nothing to do
  hook.tell(std::string(1000, 'x') + "\nand another\n");
  EXPECT_EQ(wait_until(hook, [](const auto& now) { return now.dropped > 0; }).dropped, 2u);
}

TEST_F(HookTest, KillsAProgramThatDoesNotAcknowledge) {
  auto options = script("echo $$ >> $OUT; read line; read line; sleep 1000");
  options.patience = 20ms;
  options.farewell = 0ms;
  Hook hook(options);
  hook.tell("1\n");
  const auto status = wait_until(hook, [](const auto& now) { return now.left_out == 1; });
  EXPECT_EQ(status.restarts, 3u);
  EXPECT_THAT(status.why, HasSubstr("it acknowledged nothing for 1 s"));
}

TEST_F(HookTest, EndsAProgramThatClosesItsInputOrOutput) {
  for (const auto* closes : {"exec <&-", "exec >&-"}) {
    auto options = script(std::string(closes) + "; sleep 1000");
    options.farewell = 0ms;
    Hook hook(options);
    for (int i = 0; i < 40; ++i) hook.tell(std::string(4000, 'x') + '\n');  // more than a pipe takes
    const auto status = wait_until(hook, [](const auto& now) { return now.restarts > 0; });
    EXPECT_THAT(status.why, HasSubstr("it closed its ")) << closes;
  }
}

TEST_F(HookTest, SaysThatThereIsNoSuchProgram) {
  auto options = script("");
  options.command = {"/nonexistent/hook"};
  options.farewell = 0ms;
  Hook hook(options);
  const auto status = wait_until(hook, [](const auto& now) { return now.restarts > 0; });
  EXPECT_FALSE(status.running);
  EXPECT_EQ(status.why, "/nonexistent/hook: No such file or directory");
}

TEST_F(HookTest, IgnoresWhatItIsToldTooMuch) {
  Hook hook(script("echo hello; echo world; while read line; do echo ok; done"));
  hook.tell("1\n");
  wait_until(hook, [](const auto& now) { return now.acknowledged == 1; });
}

}  // namespace
}  // namespace gannet::report
