// Starts that came to nothing because an address had no room for another connection.
#include "frontier_fixture.hpp"

namespace gannet::frontier::test {
namespace {

const std::string host = "http://a.example", other = "http://b.example";

class FrontierRoomsTest : public FrontierTest {
 protected:
  Fate end_without_room(Action& action, milliseconds again_in) {
    return end_with(action, answer(Reason::cancelled), std::nullopt, std::nullopt, false, again_in);
  }
};

TEST_F(FrontierRoomsTest, TheLineComesAgainLaterUncountedAndItsHostIsLeftAloneMeanwhile) {
  settings.tries = 1;
  use(settings);
  add(host, 3);
  auto first = run();
  ASSERT_EQ(first.size(), 2u);
  const auto line = first[0].task.row.line;
  EXPECT_EQ(end_without_room(first[0], 300ms), Fate::retried);
  end(first[1], Reason::none, 200);
  EXPECT_TRUE(run().empty());
  add(other);
  EXPECT_EQ(run().size(), 1u) << "for another there is room";
  const auto before = now;
  const auto again = run_later();
  EXPECT_EQ(now, before + 300ms);
  ASSERT_FALSE(again.empty());
  EXPECT_EQ(again[0].task.row.line, line);
  EXPECT_EQ(again[0].task.attempt, 1u);
  EXPECT_TRUE(frontier.parked(now, 10).empty());
}

TEST_F(FrontierRoomsTest, NothingIsLearnedOfTheHost) {
  add(host, 20);
  for (int round = 0; round < 20; ++round) {
    auto actions = run();
    if (actions.empty()) actions = run_later();
    ASSERT_EQ(actions.size(), 2u);
    for (auto& action : actions) end_without_room(action, 100ms);
  }
  EXPECT_EQ(frontier.queued(), 20u);
  EXPECT_TRUE(frontier.parked(now, 10).empty());
}

TEST_F(FrontierRoomsTest, TheStartIsNoneOfItsPace) {
  settings.host.requests_per_second = 1;
  use(settings);
  add(host);
  auto first = run();
  end_without_room(first.at(0), 100ms);
  now += 100ms;
  EXPECT_EQ(run().size(), 1u);
}

}  // namespace
}  // namespace gannet::frontier::test
