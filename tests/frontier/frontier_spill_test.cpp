// What happens to lines for which the window has no room.
#include <filesystem>

#include "frontier/frontier_fixture.hpp"
#include "support/temp_folder.hpp"

namespace gannet::frontier {
namespace {

using namespace test;

class SpilledLines : public FrontierTest {
 protected:
  SpilledLines() {
    settings.window_lines = 1000;
    frontier = Frontier(settings, 4, 1, folder / "spill");
    frontier.open(0, 4);
  }

  gannet::test::TempFolder folder;
};

TEST_F(SpilledLines, MakeRoomAndComeBackInTheirOrder) {
  add("http://slow", 3000);
  EXPECT_FALSE(frontier.has_room());
  EXPECT_TRUE(frontier.make_room());
  EXPECT_TRUE(frontier.has_room());
  EXPECT_EQ(frontier.queued(), 3000u);
  EXPECT_GT(frontier.spilled().lines(), 1900u);
  std::uint64_t next = 0;
  for (auto actions = run(); !actions.empty(); actions = run()) {
    for (auto& action : actions) {
      ASSERT_EQ(action.task.row.line, ++next);
      end(action, Reason::none, 200);
    }
  }
  EXPECT_EQ(next, 3000u);
  EXPECT_EQ(frontier.spilled().lines(), 0u);
}

TEST_F(SpilledLines, AreOfHostsThatMustWaitBeforeThoseThatNeedNot) {
  add("http://slow", 900);
  auto busy = run();
  add("http://quick", 500);
  ASSERT_TRUE(frontier.make_room());
  const auto left = frontier.spilled().lines();
  EXPECT_GT(left, 0u);
  for (auto actions = run(); !actions.empty(); actions = run()) {
    for (auto& action : actions) end(action, Reason::none, 200);
  }
  EXPECT_EQ(frontier.spilled().lines(), left) << "nothing of the host that could start";
}

TEST_F(SpilledLines, AreGivenUpWithTheirHost) {
  add("http://dead", 3000);
  ASSERT_TRUE(frontier.make_room());
  std::size_t given_up = 0;
  for (int i = 0; i < 5000 && frontier.queued() + frontier.in_flight() > 0; ++i) {
    auto actions = run();
    if (actions.empty()) actions = run_later();
    now += 1ms;
    for (auto& action : actions) {
      if (action.kind == Kind::give_up) {
        ++given_up;
      } else {
        end(action, Reason::connect_refused);
      }
    }
  }
  EXPECT_GT(given_up, 2900u);
  EXPECT_EQ(frontier.spilled().lines(), 0u);
  EXPECT_EQ(frontier.queued(), 0u);
}

TEST_F(SpilledLines, LeaveTheDiskWhatIsToStayFree) {
  settings.keep_free = std::filesystem::space(folder.path()).available;
  frontier = Frontier(settings, 4, 1, folder / "spill");
  frontier.open(0, 4);
  add("http://slow", 3000);
  EXPECT_FALSE(frontier.make_room());
  EXPECT_TRUE(frontier.spilled().is_scarce());
  EXPECT_EQ(frontier.spilled().lines(), 0u);
  settings.keep_free = 0;
  frontier.apply(settings, now);
  EXPECT_TRUE(frontier.make_room());
  EXPECT_FALSE(frontier.spilled().is_scarce());
}

TEST_F(SpilledLines, NeedADiskElseTheWindowStaysFull) {
  frontier = Frontier(settings, 4, 1);
  frontier.open(0, 4);
  add("http://slow", 3000);
  EXPECT_FALSE(frontier.make_room());
  EXPECT_FALSE(frontier.fault()) << "nothing is lost";
  EXPECT_EQ(frontier.queued(), 3000u);
}

TEST_F(SpilledLines, ThatAreLostAreAFault) {
  add("http://slow", 3000);
  ASSERT_TRUE(frontier.make_room());
  for (const auto& file : std::filesystem::directory_iterator(folder / "spill")) {
    std::filesystem::resize_file(file.path(), 10);
  }
  for (auto actions = run(); !actions.empty(); actions = run()) {
    for (auto& action : actions) end(action, Reason::none, 200);
  }
  ASSERT_TRUE(frontier.fault());
  EXPECT_EQ(frontier.fault()->reason, Reason::disk_error);
}

TEST_F(SpilledLines, TakeNoMoreOfTheDiskThanAllowed) {
  settings.spill = 2 * Spill::segment_size;
  frontier = Frontier(settings, 4, 1, folder / "spill");
  frontier.open(0, 4);
  std::uint64_t added = 0;
  while (added < 1'000'000 && (frontier.has_room() || frontier.make_room())) {
    for (const auto enough = added + 500; added < enough; ++added) {
      auto task = task_of(added + 1);
      task.row.url = "http://slow/" + std::string(200, 'x');
      frontier.add(std::move(task), "http://slow", now);
    }
  }
  EXPECT_LT(added, 250'000u);
  std::uint64_t on_disk = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder / "spill")) on_disk += file.file_size();
  EXPECT_GT(on_disk, settings.spill - Spill::segment_size / 2);
  EXPECT_LT(on_disk, settings.spill + Spill::segment_size / 2);
  EXPECT_EQ(frontier.queued(), added) << "nothing is lost";
  settings.spill *= 2;
  frontier.apply(settings, now);
  EXPECT_TRUE(frontier.make_room());
}

TEST_F(SpilledLines, AreNotMadeForALittle) {
  for (int host = 0; host < 2000; ++host) add("http://" + std::to_string(host), 1);
  EXPECT_FALSE(frontier.has_room());
  EXPECT_FALSE(frontier.make_room()) << "a line on disk would take as much memory as here";
}

}  // namespace
}  // namespace gannet::frontier
