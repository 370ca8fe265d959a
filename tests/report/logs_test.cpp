#include "report/logs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <map>
#include <sstream>
#include <thread>

#include "support/file_size_limit.hpp"
#include "support/temp_folder.hpp"

namespace gannet::report {
namespace {

using test::read_file;
using test::TempFolder;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

ReportSettings settings_in(const TempFolder& folder) {
  ReportSettings settings;
  settings.logs = folder / "logs";
  return settings;
}

TEST(Logs, WritesLinesForPeople) {
  TempFolder folder;
  {
    Logs logs(settings_in(folder), false);
    spdlog::info("message {}", 1);
    EXPECT_THAT(read_file(folder / "logs/gannet.log"),
                MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\\.[0-9]{3}Z info  message 1\n"))
        << "visible at once";
  }
}

TEST(Logs, LetsNobodyForgeALine) {
  TempFolder folder;
  Logs logs(settings_in(folder), false);
  spdlog::warn("fetched http://x/\n2026-01-01 error \x1b[31mforged");
  const std::string text = read_file(folder / "logs/gannet.log");
  EXPECT_EQ(std::ranges::count(text, '\n'), 1);
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST(Logs, KeepsToTheLevel) {
  TempFolder folder;
  auto settings = settings_in(folder);
  Logs logs(settings, false);
  spdlog::debug("first");
  settings.level = LogLevel::debug;
  logs.apply(settings);
  spdlog::debug("second");
  settings.level = LogLevel::error;
  logs.apply(settings);
  spdlog::warn("third");
  EXPECT_THAT(read_file(folder / "logs/gannet.log"), MatchesRegex("[^\n]* debug second\n"));
}

TEST(Logs, TellsTheJournalHowBadItIs) {
  TempFolder folder;
  testing::internal::CaptureStderr();
  struct stat info {};
  ::fstat(STDERR_FILENO, &info);
  ::setenv("JOURNAL_STREAM", (std::to_string(info.st_dev) + ':' + std::to_string(info.st_ino)).c_str(), 1);
  {
    Logs logs(settings_in(folder), true);
    spdlog::info("one");
    spdlog::warn("two");
    spdlog::error("three");
  }
  ::setenv("JOURNAL_STREAM", "1:1", 1);
  {
    Logs logs(settings_in(folder), true);
    spdlog::error("it is another's");
  }
  ::unsetenv("JOURNAL_STREAM");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "<6>one\n<4>two\n<3>three\nit is another's\n");
  EXPECT_THAT(read_file(folder / "logs/gannet.log"), Not(HasSubstr("<6>")));
}

TEST(Logs, WritesMessagesAloneToTheConsole) {
  TempFolder folder;
  testing::internal::CaptureStderr();
  {
    Logs logs(settings_in(folder), true);
    spdlog::info("to both");
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "to both\n");
  EXPECT_THAT(read_file(folder / "logs/gannet.log"), HasSubstr("to both"));
}

TEST(Logs, AppendsToWhatIsThere) {
  TempFolder folder;
  for (const auto* line : {"{\"line\":1}\n", "{\"line\":2}"}) {
    Logs logs(settings_in(folder), false);
    logs.completed(line);
  }
  EXPECT_EQ(read_file(folder / "logs/completions.jsonl"), "{\"line\":1}\n{\"line\":2}\n");
}

TEST(Logs, IsNotForEverybodysEyes) {
  TempFolder folder;
  const auto old_mask = ::umask(0);
  Logs logs(settings_in(folder), false);
  ::umask(old_mask);
  for (const auto* name : {"logs/gannet.log", "logs/completions.jsonl"}) {
    struct stat info {};
    ASSERT_EQ(::stat((folder / name).c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777u, 0640u);
  }
}

TEST(Logs, WritesEachOfManyCompletionsOnALineOfItsOwn) {
  TempFolder folder;
  std::string lines;
  for (int number = 0; number < 100; ++number) lines += "{\"line\":" + std::to_string(number) + "}\n";
  {
    Logs logs(settings_in(folder), false);
    logs.completed(lines);
    logs.completed("{\"line\":100}");
  }
  EXPECT_EQ(read_file(folder / "logs/completions.jsonl"), lines + "{\"line\":100}\n");
}

TEST(Logs, LeavesCompletionsOutWhenToldTo) {
  TempFolder folder;
  auto settings = settings_in(folder);
  settings.completions = false;
  Logs logs(settings, false);
  logs.completed("{}");
  logs.flush();
  logs.reopen();
  EXPECT_FALSE(std::filesystem::exists(folder / "logs/completions.jsonl"));
}

TEST(Logs, BeginsANewFileWhenOneHasGrown) {
  TempFolder folder;
  auto settings = settings_in(folder);
  settings.max_log = 1000;
  settings.kept_logs = 2;
  std::string all;
  {
    Logs logs(settings, false);
    for (int i = 0; i < 100; ++i) spdlog::info("message {} {}", i, std::string(50, 'x'));
    logs.completed("{\"line\":1}");
  }
  for (const auto* name : {"logs/gannet.log.2", "logs/gannet.log.1", "logs/gannet.log"}) {
    const auto text = read_file(folder / name);
    EXPECT_LT(text.size(), 1100u) << name;
    EXPECT_TRUE(text.empty() || text.ends_with('\n')) << "no line is torn: " << name;
    all += text;
  }
  EXPECT_FALSE(std::filesystem::exists(folder / "logs/gannet.log.3")) << "so many are kept";
  EXPECT_FALSE(std::filesystem::exists(folder / "logs/completions.jsonl.1")) << "it is small";
  for (int i = 80; i < 100; ++i) EXPECT_THAT(all, HasSubstr("message " + std::to_string(i) + " x"));
}

TEST(Logs, BeginsANewFileForCompletionsToo) {
  TempFolder folder;
  auto settings = settings_in(folder);
  settings.max_log = 1;
  Logs logs(settings, false);
  logs.completed("{\"line\":1}");
  while (!std::filesystem::exists(folder / "logs/completions.jsonl.1")) logs.flush();
  EXPECT_EQ(read_file(folder / "logs/completions.jsonl.1"), "{\"line\":1}\n");
}

TEST(Logs, TakesUpAtAReloadHowLargeFilesMayBe) {
  TempFolder folder;
  auto settings = settings_in(folder);
  Logs logs(settings, false);
  spdlog::info("first");
  EXPECT_FALSE(std::filesystem::exists(folder / "logs/gannet.log.1"));
  settings.max_log = 1;
  logs.apply(settings);
  spdlog::info("second");
  EXPECT_THAT(read_file(folder / "logs/gannet.log.1"), HasSubstr("second"));
}

TEST(Logs, GrowsOnWhereItCannotRename) {
  TempFolder folder;
  auto settings = settings_in(folder);
  settings.max_log = 1;
  settings.kept_logs = 1;
  std::filesystem::create_directories(folder / "logs/gannet.log.1/not empty");
  testing::internal::CaptureStderr();
  {
    Logs logs(settings, false);
    spdlog::info("first");
    spdlog::info("second");
  }
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("gannet.log: cannot be renamed, so it grows on"));
  EXPECT_THAT(read_file(folder / "logs/gannet.log"), testing::AllOf(HasSubstr("first"), HasSubstr("second")));
}

TEST(Logs, TellsOfADiskThatTakesNothingAndGoesOnByItself) {
  TempFolder folder;
  Logs logs(settings_in(folder), false);
  EXPECT_FALSE(logs.refusal());
  {
    const test::FileSizeLimit full(0);
    spdlog::info("this one waits");
    ASSERT_TRUE(logs.refusal());
    EXPECT_THAT(logs.refusal()->why, HasSubstr("gannet.log: File too large"));
    EXPECT_EQ(logs.refusal()->lost, 0u) << "there is room in memory";
    spdlog::info(std::string(2 << 20, 'x'));
    EXPECT_EQ(logs.refusal()->lost, 1u);
  }
  logs.flush();
  EXPECT_FALSE(logs.refusal());
  const auto text = read_file(folder / "logs/gannet.log");
  EXPECT_THAT(text, HasSubstr("this one waits\n"));
  EXPECT_THAT(text, Not(HasSubstr("xxx")));
  EXPECT_THAT(text, HasSubstr("gannet.log is written again; 1 lines were lost"));
  logs.flush();
  EXPECT_EQ(read_file(folder / "logs/gannet.log"), text) << "which is told once";
}

TEST(Logs, NamesThePathThatCannotBeOpened) {
  TempFolder folder;
  std::filesystem::create_directories(folder / "logs/gannet.log");
  try {
    Logs logs(settings_in(folder), false);
    FAIL() << "a folder was opened as a log";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr((folder / "logs/gannet.log").string()));
  }
}

TEST(Logs, GivesTheDefaultLoggerBack) {
  TempFolder folder;
  const auto before = spdlog::default_logger();
  { Logs logs(settings_in(folder), false); }
  EXPECT_EQ(spdlog::default_logger(), before);
}

TEST(Logs, LosesNoCompletionWithAFullQueueOrWhenReopened) {
  TempFolder folder;
  auto settings = settings_in(folder);
  settings.completions_queue = 16;
  constexpr int threads = 4, lines = 2500;
  {
    Logs logs(settings, false);
    std::vector<std::jthread> writers;
    for (int thread = 0; thread < threads; ++thread) {
      writers.emplace_back([&logs, &folder, thread] {
        for (int line = 0; line < lines; ++line) {
          std::ostringstream json;
          json << R"({"thread":)" << thread << R"(,"line":)" << line << R"(,"url":")" << std::string(300, 'x')
               << "\"}\n";
          logs.completed(json.str());
          if (thread == 0 && line % 500 == 250) {
            std::filesystem::rename(folder / "logs/completions.jsonl",
                                    folder / ("logs/completions.jsonl." + std::to_string(line)));
            logs.reopen();
          }
        }
      });
    }
  }
  std::map<std::string, int> seen;
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "logs")) {
    if (!entry.path().filename().string().starts_with("completions")) continue;
    ++files;
    std::istringstream text(read_file(entry.path()));
    for (std::string line; std::getline(text, line);) {
      EXPECT_TRUE(line.starts_with('{') && line.ends_with('}')) << line;
      ++seen[line];
    }
  }
  EXPECT_EQ(files, 6);
  EXPECT_EQ(seen.size(), static_cast<std::size_t>(threads * lines));
}

TEST(Logs, GoesOnInANewFileWhenReopened) {
  TempFolder folder;
  Logs logs(settings_in(folder), false);
  spdlog::info("before");
  std::filesystem::rename(folder / "logs/gannet.log", folder / "logs/gannet.log.1");
  spdlog::info("between");
  logs.reopen();
  spdlog::info("after");
  EXPECT_THAT(read_file(folder / "logs/gannet.log.1"), MatchesRegex("[^\n]*before\n[^\n]*between\n"));
  EXPECT_THAT(read_file(folder / "logs/gannet.log"), MatchesRegex("[^\n]*after\n"));
}

TEST(Logs, KeepsTheOldFileWhenTheNewOneCannotBeOpened) {
  TempFolder folder;
  Logs logs(settings_in(folder), false);
  std::filesystem::rename(folder / "logs", folder / "moved");
  logs.reopen();
  spdlog::info("still here");
  EXPECT_THAT(read_file(folder / "moved/gannet.log"), HasSubstr("still writing to the old file"));
  EXPECT_THAT(read_file(folder / "moved/gannet.log"), HasSubstr("still here"));
}

TEST(Logs, SurvivesAFullDiskAndSaysSoOnce) {
  TempFolder folder;
  std::filesystem::create_directory(folder / "logs");
  for (const auto* name : {"gannet.log", "completions.jsonl"}) {
    std::filesystem::create_symlink("/dev/full", folder / "logs" / name);
  }
  testing::internal::CaptureStderr();
  {
    Logs logs(settings_in(folder), false);
    for (int i = 0; i < 3000; ++i) {  // past what is kept in memory
      spdlog::info("message {} {}", i, std::string(500, 'x'));
      logs.completed(std::string(500, 'y'));
    }
    logs.flush();
    for (const auto* name : {"gannet.log", "completions.jsonl"}) std::filesystem::remove(folder / "logs" / name);
    logs.reopen();
    spdlog::info("room again");
  }
  const std::string complaint = testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::ranges::count(complaint, '\n'), 1) << complaint;
  EXPECT_THAT(complaint, HasSubstr("No space left on device"));
  const std::string log = read_file(folder / "logs/gannet.log");
  EXPECT_THAT(log, HasSubstr("message 0 ")) << "what the full disk refused was kept";
  EXPECT_THAT(log, Not(HasSubstr("message 2999 "))) << "but not without limit";
  EXPECT_THAT(log, HasSubstr("room again"));
}

}  // namespace
}  // namespace gannet::report
