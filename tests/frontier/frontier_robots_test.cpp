// What obeying robots.txt does to the order and the pace of starts.
#include "frontier_fixture.hpp"

namespace gannet::frontier::test {
namespace {

const std::string host = "http://a.example";

FrontierSettings obeying() {
  FrontierSettings some;
  some.robots = Robots::obey;
  return some;
}

class FrontierRobotsTest : public FrontierTest {
 protected:
  FrontierRobotsTest() : FrontierTest(obeying()) {}

  // The start was spent on robots.txt.
  Fate end_with_rules(Action& action, milliseconds crawl_delay = 0ms) {
    Record record = answer(Reason::none);
    record.address = "192.0.2.1";
    action.task.knows_robots = true;
    return end_with(action, record, std::nullopt, crawl_delay, true);
  }

  // The rules were known, and forbid it: nothing was asked.
  Fate end_forbidden(Action& action, milliseconds crawl_delay = 0ms) {
    return end_with(action, answer(Reason::robots), std::nullopt, crawl_delay, false, 0ms, Asked::nobody);
  }

  // Asking for the rules ended with that.
  Fate end_unread(Action& action, Reason reason, Asked asked, unsigned http_status = 0) {
    Record record = answer(reason, http_status);
    if (asked != Asked::nobody) record.address = "192.0.2.1";
    return end_with(action, record, std::nullopt, std::nullopt, false, 0ms, asked);
  }

  Fate end_fetched(Action& action, milliseconds crawl_delay = 0ms) {
    Record record = answer(Reason::none, 200);
    record.address = "192.0.2.1";
    return end_with(action, record, std::nullopt, crawl_delay);
  }
};

TEST_F(FrontierRobotsTest, EachStartSaysWhetherToObey) {
  add(host);
  EXPECT_TRUE(run().at(0).task.obeys_robots);
  use({});
  add(host);
  EXPECT_FALSE(run().at(0).task.obeys_robots);
  FrontierSettings polite;
  polite.host.profile = Profile::polite;
  use(polite);
  add(host);
  EXPECT_TRUE(run().at(0).task.obeys_robots);
  polite.robots = Robots::ignore;
  use(polite);
  add(host);
  EXPECT_FALSE(run().at(0).task.obeys_robots);
}

TEST_F(FrontierRobotsTest, AListCanAskToObeyAndNotToIgnore) {
  auto options = std::make_shared<JobOptions>();
  options->robots = Robots::ignore;
  frontier.open(7, 4, options);
  auto task = task_of(1);
  task.job = 7;
  frontier.add(std::move(task), host, now);
  EXPECT_TRUE(run().at(0).task.obeys_robots);
  use({});
  options->robots = Robots::obey;
  frontier.open(7, 4, options);
  task = task_of(1);
  task.job = 7;
  frontier.add(std::move(task), host, now);
  EXPECT_TRUE(run().at(0).task.obeys_robots);
}

TEST_F(FrontierRobotsTest, ALineWhoseStartWasSpentGoesFirstAndUncounted) {
  add(host, 3);
  auto first = run();
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(end_with_rules(first[0]), Fate::retried);
  EXPECT_EQ(frontier.queued(), 3u);
  EXPECT_EQ(frontier.in_flight(), 0u);
  const auto second = run();
  ASSERT_GE(second.size(), 1u);
  EXPECT_EQ(second[0].task.row.line, 1u);
  EXPECT_EQ(second[0].task.attempt, 1u);
  EXPECT_TRUE(second[0].task.knows_robots);
}

TEST_F(FrontierRobotsTest, ALineWithoutAnotherTryIsStartedAgainAllTheSame) {
  auto one_try = obeying();
  one_try.tries = 1;
  use(one_try);
  add(host);
  auto first = run();
  EXPECT_EQ(end_with_rules(first.at(0)), Fate::retried);
  auto second = run();
  EXPECT_EQ(end_fetched(second.at(0)), Fate::final);
}

TEST_F(FrontierRobotsTest, ARetryStaysOne) {
  add(host);
  auto first = run();
  EXPECT_EQ(end(first.at(0), Reason::reset), Fate::retried);
  auto second = run_later();
  EXPECT_EQ(end_with_rules(second.at(0)), Fate::retried);
  auto third = run();
  EXPECT_EQ(third.at(0).task.attempt, 2u);
  EXPECT_EQ(end_fetched(third[0]), Fate::final);
  EXPECT_EQ(frontier.queued(), 0u);
}

TEST_F(FrontierRobotsTest, ATryMoreComesWhenTheRulesCanBeAskedForAgain) {
  add(host);
  auto first = run();
  AttemptEnd failed;
  failed.task = std::move(first.at(0).task);
  failed.record = answer(Reason::robots, 500);
  failed.again_after = 1h;
  EXPECT_EQ(frontier.ended(failed, now), Fate::retried);
  const auto before = now;
  EXPECT_EQ(run_later().at(0).task.attempt, 2u);
  EXPECT_EQ(now - before, 1h);
}

TEST_F(FrontierRobotsTest, WhatIsWrongElsewhereOrWasHeardBeforeIsNotHeldAgainstTheHost) {
  for (const auto asked : {Asked::elsewhere, Asked::nobody}) {
    for (const auto& [reason, status] :
         {std::pair{Reason::connect_refused, 0u}, {Reason::connect_timeout, 0u}, {Reason::robots, 429u}}) {
      use(obeying());
      add(host, 20);
      for (int i = 0; i < 20; ++i) {
        auto actions = run();
        ASSERT_EQ(actions.size(), 1u);
        EXPECT_EQ(end_unread(actions[0], reason, asked, status), Fate::retried);
      }
      EXPECT_TRUE(frontier.parked(now, 1).empty());
      EXPECT_EQ(frontier.retrying(), 20u);
    }
  }
}

TEST_F(FrontierRobotsTest, TheProtocolOfAnotherIsNotThatOfTheHost) {
  add(host, 50);
  auto first = run();
  Record record = answer(Reason::none);
  record.protocol = "h2";
  end_with(first.at(0), record, std::nullopt, 0ms, true, 0ms, Asked::elsewhere);
  EXPECT_LE(run().size(), settings.host.ceiling);
}

TEST_F(FrontierRobotsTest, OneIsUnderWayUntilTheRulesAreKnown) {
  add(host, 5);
  auto actions = run();
  ASSERT_EQ(actions.size(), 1u);
  EXPECT_EQ(end(actions[0], Reason::reset), Fate::retried);
  actions = run();
  ASSERT_EQ(actions.size(), 1u);
  end_with_rules(actions[0]);
  EXPECT_GT(run().size(), 1u);
}

TEST_F(FrontierRobotsTest, ACrawlDelayIsKeptFromTheStartBefore) {
  add(host, 3);
  auto actions = run();
  now += 300ms;
  end_with_rules(actions.at(0), 2s);
  EXPECT_TRUE(run().empty());
  for (int i = 0; i < 3; ++i) {
    const auto before = now;
    actions = run_later();
    ASSERT_EQ(actions.size(), 1u);
    EXPECT_EQ(now - before, i == 0 ? 1700ms : 2s);
    if (i < 2) end_fetched(actions[0], 2s);
  }
}

TEST_F(FrontierRobotsTest, TheLongerOfTwoDelaysIsKept) {
  auto slow = obeying();
  slow.host.delay = 5s;
  use(slow);
  add(host, 2);
  auto actions = run();
  end_with_rules(actions.at(0), 2s);
  const auto before = now;
  run_later();
  EXPECT_EQ(now - before, 5s);
}

TEST_F(FrontierRobotsTest, WhatIsForbiddenWaitsForNothing) {
  add(host, 4);
  auto actions = run();
  end_with_rules(actions.at(0), 10s);
  actions = run_later();
  end_fetched(actions.at(0), 10s);
  now += 10s;
  for (int i = 0; i < 3; ++i) {
    actions = run();
    ASSERT_EQ(actions.size(), 1u) << i;
    EXPECT_EQ(end_forbidden(actions[0], 10s), Fate::final);
  }
}

TEST_F(FrontierRobotsTest, WhatIsForbiddenTakesNoTurnOfAllHostsTogether) {
  settings.requests_per_second = 1;
  use(settings);
  add(host, 4);
  auto actions = run();
  end_with_rules(actions.at(0));
  EXPECT_TRUE(run().empty());
  actions = run_later();
  end_fetched(actions.at(0));
  now += 1s;
  for (int i = 0; i < 3; ++i) {
    actions = run();
    ASSERT_EQ(actions.size(), 1u) << i;
    EXPECT_EQ(end_forbidden(actions[0]), Fate::final);
  }
}

TEST_F(FrontierRobotsTest, RulesThatCannotBeHadAreTriedAgainAndParkTheHost) {
  add(host);
  auto actions = run();
  Record busy = answer(Reason::robots, 503);
  busy.address = "192.0.2.1";
  EXPECT_EQ(end_with(actions.at(0), busy), Fate::retried);
  EXPECT_EQ(frontier.parked(now, 10).size(), 1u);
  actions = run_later();
  EXPECT_EQ(actions.at(0).task.attempt, 2u);
  EXPECT_EQ(end_unread(actions[0], Reason::robots, Asked::nobody, 503), Fate::retried);
  EXPECT_TRUE(frontier.parked(now, 10).empty());
  actions = run_later();
  EXPECT_EQ(end_unread(actions.at(0), Reason::robots, Asked::origin), Fate::final);
}

}  // namespace
}  // namespace gannet::frontier::test
