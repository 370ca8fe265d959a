// Of how many hosts something is kept, and what becomes of the window when they are many.
#include "frontier/frontier_fixture.hpp"
#include "support/temp_folder.hpp"

namespace gannet::frontier {
namespace {

using namespace test;

class ManyHosts : public FrontierTest {
 protected:
  /// Each is asked once.
  void visit(unsigned count) {
    for (unsigned i = 0; i < count && frontier.has_room(); ++i) {
      add("http://host" + std::to_string(next_++));
      for (auto& action : run()) {
        highest_ = std::max(highest_, action.task.origin);
        end(action, Reason::none, 200);
      }
      frontier.forget_hosts(now);
      now += 1ms;
    }
  }

  unsigned next_ = 0;
  OriginId highest_ = 0;
};

TEST_F(ManyHosts, AreForgottenBeforeASmallWindowIsFullOfThem) {
  use({.window_memory = 1 << 20});
  visit(10'000);
  EXPECT_EQ(next_, 10'000u);
  EXPECT_TRUE(frontier.has_room());
  EXPECT_LT(frontier.memory(), 1u << 19);
}

TEST_F(ManyHosts, FiftyThousandAreKept) {
  visit(60'000);
  EXPECT_EQ(frontier.hosts(), 50'000u);
  EXPECT_EQ(highest_, 50'000u) << "beyond that the number of a forgotten host is used again";
}

TEST_F(ManyHosts, AreAskedAtTheirPaceHoweverManyThereAre) {
  use({.host = {.delay = 2s}, .window_memory = 1 << 20});
  visit(1000);
  ASSERT_EQ(next_, 1000u);
  EXPECT_EQ(frontier.hosts(), 1000u);
  add("http://host0");
  EXPECT_TRUE(run().empty()) << "it was asked a second ago";
  EXPECT_EQ(run_later().size(), 1u);
  EXPECT_EQ(now, TimePoint(1000h) + 2s);
}

TEST_F(ManyHosts, StopTheReadingUntilTheFirstMayBeForgotten) {
  use({.host = {.delay = 1h}, .window_memory = 1 << 20});
  visit(100'000);
  EXPECT_LT(next_, 5000u);
  EXPECT_FALSE(frontier.has_room());
  const auto wake = frontier.next_wake();
  ASSERT_TRUE(wake);
  EXPECT_EQ(*wake, TimePoint(1000h) + 1h) << "the turn of the one that was asked first";
  now = *wake;
  frontier.forget_hosts(now);
  EXPECT_TRUE(frontier.has_room());
}

TEST_F(ManyHosts, StayAsLongAsTheyMustWhateverMemoryOthersTake) {
  use({.host = {.delay = 1h}, .window_memory = 1 << 20});
  visit(300);
  ASSERT_TRUE(frontier.has_room());
  frontier.leave_memory(1 << 30);
  EXPECT_TRUE(frontier.has_room()) << "a quarter is for lines and their hosts";
  visit(100'000);
  const auto fit = next_;
  EXPECT_LT(fit, 1250u);
  frontier.leave_memory(0);
  visit(100'000);
  EXPECT_GT(next_, fit * 3 / 2);
}

TEST_F(ManyHosts, SendTheirLinesToDiskWhenOthersTakeTheMemory) {
  const gannet::test::TempFolder folder;
  use({.host = {.delay = 1h}, .window_memory = 1 << 20});
  frontier = Frontier(settings, 4, 1, folder / "spill");
  frontier.open(0, 4);
  for (unsigned line = 0; line < 60'000; ++line) add("http://host" + std::to_string(line % 10));
  ASSERT_TRUE(frontier.has_room());
  ASSERT_GT(frontier.memory(), 1u << 19);
  ASSERT_EQ(frontier.spilled().lines(), 0u);
  frontier.leave_memory(1 << 30);
  EXPECT_GT(frontier.spilled().lines(), 0u);
  EXPECT_EQ(frontier.queued(), 60'000u);
  EXPECT_LE(frontier.own_memory(), 1u << 18);
}

TEST_F(ManyHosts, AreKeptAsTheConfigurationSaysFromTheReloadOn) {
  visit(10'000);
  EXPECT_EQ(frontier.hosts(), 10'000u);
  settings.window_memory = 1 << 20;
  frontier.apply(settings, now);
  frontier.forget_hosts(now);
  EXPECT_LT(frontier.memory(), 1u << 19);
}

}  // namespace
}  // namespace gannet::frontier
