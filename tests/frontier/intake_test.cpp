// Whose lines are read when the window, and the disk behind it, are full of lines that must wait.
#include "frontier/intake.hpp"

#include "frontier/frontier_fixture.hpp"
#include "support/made_up_list.hpp"
#include "support/temp_folder.hpp"

namespace gannet::frontier {
namespace {

using namespace test;

class IntakeTest : public testing::Test {
 protected:
  IntakeTest() {
    settings.window_lines = 16'000;
    settings.host.delay = 24h;
  }

  void begin() {
    frontier.emplace(settings, 1, 1, folder / "spill");
    intake.emplace(*frontier);
  }

  void add(JobNumber number, const std::string& host, std::uint64_t lines, Priority priority = Priority::normal) {
    NewJob job;
    job.job.number = number;
    job.job.priority = priority;
    job.source = std::make_unique<gannet::test::MadeUpList>(
        lines, [host](std::uint64_t line) { return host + '/' + std::to_string(line); });
    intake->add(std::move(job), now);
  }

  // Until nothing more is read: the hosts that were started.
  std::vector<std::string> read_all() {
    std::vector<std::string> started;
    for (std::uint64_t before = 0, idle = 0; idle < 3; before = intake->outstanding()) {
      now += 1s;
      intake->read(now, [](const Finished&) {});
      while (auto action = frontier->next(now)) started.push_back(action->task.row.url);
      idle = intake->outstanding() == before ? idle + 1 : 0;
    }
    return started;
  }

  gannet::test::TempFolder folder;
  FrontierSettings settings;
  TimePoint now{1000h};
  std::optional<Frontier> frontier;
  std::optional<Intake> intake;
};

class FullOfOneList : public IntakeTest, public testing::WithParamInterface<ByteCount> {};

TEST_P(FullOfOneList, LeavesRoomForThoseThatComeLater) {
  settings.spill = GetParam();
  begin();
  add(1, "http://slow", 2'000'000, Priority::urgent);
  EXPECT_EQ(read_all().size(), 1u);
  EXPECT_LT(intake->outstanding(), 2'000'000u) << "there is no room for all";
  add(2, "http://quick", 1, Priority::bulk);
  EXPECT_EQ(read_all(), std::vector<std::string>{"http://quick/1"});
  add(3, "http://slow", 2'000'000);
  read_all();
  add(4, "http://late", 1);
  EXPECT_EQ(read_all(), std::vector<std::string>{"http://late/1"});
}

INSTANTIATE_TEST_SUITE_P(Disk, FullOfOneList, testing::Values(0, 16 << 20, 32 << 20));

}  // namespace
}  // namespace gannet::frontier
