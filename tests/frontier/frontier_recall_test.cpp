// Lines of which an earlier fetch left a result, at the turn of each.
#include "frontier/frontier_fixture.hpp"

namespace gannet::frontier {
namespace {

using namespace test;

class FrontierRecall : public FrontierTest {
 protected:
  FrontierRecall() { recall(); }

  void recall() {
    frontier.recall_with([this](const FetchTask& task) -> std::unique_ptr<Earlier> {
      ++recalled;
      if (task.row.line > known) return nullptr;
      auto earlier = std::make_unique<Earlier>();
      earlier->path = "images/x";
      earlier->ask = ask;
      return earlier;
    });
  }

  static std::size_t count(Kind kind, const std::vector<Action>& actions) {
    return static_cast<std::size_t>(
        std::ranges::count_if(actions, [kind](const Action& action) { return action.kind == kind; }));
  }

  std::uint64_t known = 0;  // lines up to this one
  bool ask = false;
  unsigned recalled = 0;
};

TEST_F(FrontierRecall, WhatIsKnownIsTakenAndCostsItsHostNothing) {
  known = 100;
  add("http://a", 101);
  auto actions = run();
  EXPECT_EQ(count(Kind::take, actions), 100u);
  ASSERT_EQ(count(Kind::start, actions), 1u);
  EXPECT_EQ(actions.front().task.earlier->path, "images/x");
  EXPECT_EQ(actions.back().task.earlier, nullptr);
  EXPECT_EQ(frontier.in_flight(), 1u);
  end(actions.back(), Reason::none, 200);
  EXPECT_TRUE(frontier.idle());
}

TEST_F(FrontierRecall, WhatMustBeAskedForIsStartedWithWhatIsKnown) {
  known = 1;
  ask = true;
  add("http://a", 2);
  auto actions = run();
  ASSERT_EQ(count(Kind::start, actions), 2u);
  ASSERT_TRUE(actions[0].task.earlier);
  EXPECT_TRUE(actions[0].task.earlier->ask);
  EXPECT_EQ(actions[1].task.earlier, nullptr);
}

TEST_F(FrontierRecall, ARetryLooksAgain) {
  add("http://a");
  auto actions = run();
  ASSERT_EQ(actions.size(), 1u);
  EXPECT_EQ(end(actions[0], Reason::reset), Fate::retried);
  known = 1;
  actions = run_later();
  ASSERT_EQ(actions.size(), 1u);
  EXPECT_EQ(actions[0].kind, Kind::take);
  EXPECT_EQ(recalled, 2u);
  EXPECT_TRUE(frontier.idle());
}

TEST_F(FrontierRecall, OfADeadHostWhatIsKnownIsNotGivenUp) {
  add("http://a");
  for (;;) {
    auto actions = run_later();
    if (actions.empty()) actions = run();
    ASSERT_FALSE(actions.empty());
    if (actions[0].kind == Kind::give_up) break;
    for (auto& action : actions) end(action, Reason::connect_refused);
    add("http://a");
  }
  known = 1'000'000;
  add("http://a", 3);
  const auto actions = run();
  EXPECT_EQ(count(Kind::take, actions), 3u);
  ask = true;
  add("http://a");
  EXPECT_EQ(count(Kind::give_up, run()), 1u) << "nobody is there to be asked";
}

TEST_F(FrontierRecall, ThoseWhoWaitForItGetWhatIsKnown) {
  use({.dedupe = true});
  recall();
  known = 1;
  for (std::uint64_t line = 1; line <= 3; ++line) {
    auto task = task_of(line);
    task.row.url = "http://a/1";
    frontier.add(std::move(task), "http://a", now);
  }
  auto actions = run();
  ASSERT_EQ(count(Kind::take, actions), 1u);
  EXPECT_EQ(count(Kind::wait, actions), 2u);
  EXPECT_EQ(recalled, 1u);
  Record record;
  record.line = 1;
  record.question = actions[0].task.question;
  record.path = "images/x";
  EXPECT_EQ(frontier.settled(record, now).size(), 2u);
}

}  // namespace
}  // namespace gannet::frontier
