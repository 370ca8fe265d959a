// What happens after an attempt ended: retries, parked hosts, dead hosts.
#include <algorithm>

#include "frontier/frontier_fixture.hpp"

namespace gannet::frontier {
namespace {

using namespace test;

class Retries : public FrontierTest {
 protected:
  using FrontierTest::FrontierTest;

  // Fails to connect until the host is given up, and returns the first that are.
  std::vector<Action> kill_host() {
    for (int i = 0; i < 100; ++i) {
      auto actions = run();
      if (actions.empty()) actions = run_later();
      if (actions.empty() || actions[0].kind == Kind::give_up) return actions;
      now += 1ms;
      for (auto& action : actions) end(action, Reason::connect_refused);
    }
    ADD_FAILURE() << "the host is not given up";
    return {};
  }
};

TEST_F(Retries, ComeAfterTheBackoff) {
  add("http://a");
  auto actions = run();
  const auto failed = now;
  EXPECT_EQ(end(actions[0], Reason::reset), Fate::retried);
  EXPECT_TRUE(run().empty());
  EXPECT_EQ(frontier.queued(), 1u);
  EXPECT_EQ(frontier.retrying(), 1u);
  EXPECT_EQ(frontier.in_flight(), 0u);
  actions = run_later();
  ASSERT_EQ(actions.size(), 1u);
  EXPECT_GE(now, failed + 1s);
  EXPECT_LE(now, failed + 2s);
  EXPECT_EQ(actions[0].task.attempt, 2u);
  EXPECT_EQ(actions[0].task.row.line, 1u);
  EXPECT_EQ(actions[0].task.queued, failed);
  EXPECT_EQ(frontier.retrying(), 0u);
}

TEST_F(Retries, AProxyThatIsNotThereSaysNothingAboutTheHost) {
  use({.tries = 30});
  add("http://a");
  auto actions = run();
  for (unsigned attempt = 1; attempt < 30; ++attempt) {
    ASSERT_EQ(actions.size(), 1u);
    ASSERT_NE(actions[0].kind, Kind::give_up);
    EXPECT_EQ(actions[0].task.attempt, attempt);
    Record record = answer(Reason::connect_refused);
    record.of_proxy = true;
    EXPECT_EQ(end_with(actions[0], record), Fate::retried);
    actions = run_later();
  }
}

TEST_F(Retries, AProxyThatDoesNotLetUsInRaisesNoLimit) {
  add("http://a", 20);
  auto actions = run();
  const auto begun = actions.size();
  for (auto& action : actions) {
    Record record = answer(Reason::http_status, 407);
    record.of_proxy = true;
    EXPECT_EQ(end_with(action, record), Fate::final);
  }
  EXPECT_EQ(run().size(), begun);
}

TEST_F(Retries, EndWithTheLastTry) {
  add("http://a");
  auto actions = run();
  for (unsigned attempt = 1; attempt < 4; ++attempt) {
    ASSERT_EQ(actions.size(), 1u);
    EXPECT_EQ(actions[0].task.attempt, attempt);
    EXPECT_EQ(end(actions[0], Reason::http_status, 500), Fate::retried);
    actions = run_later();
  }
  ASSERT_EQ(actions.size(), 1u);
  EXPECT_EQ(end(actions[0], Reason::http_status, 500), Fate::final);
  EXPECT_EQ(actions[0].task.row.line, 1u) << "the task is the caller's again";
  EXPECT_EQ(frontier.queued(), 0u);
  EXPECT_FALSE(frontier.next_wake());
}

TEST_F(Retries, AreNotMadeOfSuccessOrOfWhatCannotPass) {
  for (const auto reason : {Reason::none, Reason::not_an_image, Reason::tls_certificate, Reason::cancelled}) {
    add("http://a");
    auto actions = run();
    EXPECT_EQ(end(actions[0], reason), Fate::final) << to_string(reason);
  }
  add("http://a");
  auto actions = run();
  EXPECT_EQ(end(actions[0], Reason::http_status, 404), Fate::final);
  EXPECT_FALSE(frontier.next_wake());
}

TEST_F(Retries, AreNotMadeWhenOneTryIsAllowed) {
  use({.tries = 1});
  add("http://a");
  auto actions = run();
  EXPECT_EQ(end(actions[0], Reason::reset), Fate::final);
}

TEST_F(Retries, TakeAtMostAFifthOfTheConnections) {
  use({.connections = 10});
  for (int host = 0; host < 10; ++host) add("http://" + std::to_string(host));
  for (auto& action : run()) end(action, Reason::reset);
  run();
  now += 2s;  // all are due
  auto actions = run();
  ASSERT_EQ(actions.size(), 2u);
  add("http://fresh", 2);
  EXPECT_EQ(run().size(), 2u) << "other work goes on";
  EXPECT_EQ(end(actions[0], Reason::none), Fate::final);
  EXPECT_EQ(run().size(), 1u) << "and then the next retry";
  EXPECT_EQ(frontier.queued(), 7u);
}

TEST_F(Retries, DoNotHoldUpTheirHost) {
  use({.connections = 5, .host = {.start = 5}});  // one retry at a time
  add("http://a", 2);
  auto failed = run();
  now += 1ms;
  for (auto& action : failed) end(action, Reason::reset);
  now += 2s;
  add("http://a", 2);
  const auto actions = run();
  ASSERT_EQ(actions.size(), 2u) << "one retry, and one that is new";
  EXPECT_EQ(std::ranges::count_if(actions, [](const auto& action) { return action.task.attempt > 1; }), 1);
}

TEST_F(Retries, GetATurnHoweverFewConnectionsThereAre) {
  use({.connections = 1});
  add("http://a");
  auto actions = run();
  end(actions[0], Reason::reset);
  EXPECT_EQ(run_later().size(), 1u);
}

TEST_F(Retries, WaitWhileTheHostIsParked) {
  add("http://a", 3);
  add("http://b", 1);
  auto actions = run();
  ASSERT_EQ(actions.size(), 3u);
  EXPECT_EQ(end(actions[0], Reason::http_status, 503), Fate::retried);
  const auto parked = now;
  for (auto& other : {&actions[1], &actions[2]}) EXPECT_EQ(end(*other, Reason::none), Fate::final);
  const auto later = run_later();
  EXPECT_EQ(now, parked + 10s);
  ASSERT_FALSE(later.empty());
  EXPECT_EQ(later[0].task.origin, actions[0].task.origin);
}

TEST_F(Retries, WaitAsLongAsTheServerAsks) {
  add("http://a", 2);
  auto actions = run();
  now += 1ms;
  const auto parked = now;
  end(actions[0], Reason::http_status, 429, 3600s);
  end(actions[1], Reason::http_status, 429, 7200s);  // was under way, and asks for more
  add("http://a", 1);
  EXPECT_FALSE(run_later().empty());
  EXPECT_EQ(now, parked + 7200s);
}

TEST_F(Retries, LeaveOtherHostsAtWorkWhileOneIsParked) {
  add("http://a", 2);
  auto actions = run();
  end(actions[0], Reason::http_status, 503);
  add("http://a");
  add("http://b");
  const auto others = run();
  ASSERT_EQ(others.size(), 1u);
  EXPECT_NE(others[0].task.origin, actions[0].task.origin);
}

TEST_F(Retries, AreToldOfWithTheHostThatIsParked) {
  add("http://a", 5);
  auto actions = run();
  end(actions[0], Reason::http_status, 429);
  auto parked = frontier.parked(now, 10);
  ASSERT_EQ(parked.size(), 1u);
  EXPECT_EQ(parked[0].origin, "http://a");
  EXPECT_EQ(parked[0].queued, 3u);
  EXPECT_EQ(parked[0].in_flight, 1u);
  EXPECT_EQ(parked[0].limit, 1u);
  EXPECT_EQ(parked[0].parked_for, 10s);
  EXPECT_EQ(parked[0].why, "http_status");
  EXPECT_TRUE(frontier.parked(now + 10s, 10).empty());
}

TEST_F(Retries, TellOfNoMoreParkedHostsThanAsked) {
  for (int host = 0; host < 5; ++host) add("http://" + std::to_string(host));
  for (auto& action : run()) end(action, Reason::http_status, 429);
  EXPECT_EQ(frontier.parked(now, 3).size(), 3u);
}

TEST_F(Retries, EndWhenTheHostIsGivenUp) {
  use({.host = {.park_unreachable = 100ms}});  // shorter than any backoff
  add("http://a", 50);
  auto given_up = kill_host();
  for (const auto& action : given_up) EXPECT_EQ(action.kind, Kind::give_up);
  for (auto more = run_later(); !more.empty(); more = run_later()) {
    for (auto& action : more) {
      ASSERT_EQ(action.kind, Kind::give_up) << "a host that was given up is not asked, not even again";
      given_up.push_back(std::move(action));
    }
  }
  EXPECT_EQ(given_up.size(), 49u) << "all but the one that had to find out";
  EXPECT_EQ(frontier.queued(), 0u);
  EXPECT_EQ(frontier.in_flight(), 0u);
}

TEST_F(Retries, AreRefusedByAHostThatWasGivenUp) {
  add("http://a", 10);
  ASSERT_FALSE(kill_host().empty());
  while (!run_later().empty()) continue;
  add("http://a", 3);
  const auto actions = run();
  ASSERT_EQ(actions.size(), 3u);
  for (const auto& action : actions) EXPECT_EQ(action.kind, Kind::give_up);
  EXPECT_EQ(frontier.queued(), 0u);
}

TEST_F(Retries, GetAnotherChanceHalfAnHourAfterTheHostWasGivenUp) {
  add("http://a", 10);
  ASSERT_FALSE(kill_host().empty());
  while (!run_later().empty()) continue;
  now += 30min;
  add("http://a");
  auto actions = run();
  ASSERT_EQ(actions.size(), 1u);
  EXPECT_EQ(actions[0].kind, Kind::start);
  EXPECT_EQ(end(actions[0], Reason::none), Fate::final);
}

TEST_F(Retries, RefusalsParkTheirHostAndAreFinal) {
  use({.host = {.start = 1, .ceiling = 1}});
  add("http://a", 100);
  for (int i = 0; i < 31; ++i) {
    auto actions = run();
    ASSERT_EQ(actions.size(), 1u);
    EXPECT_EQ(end(actions[0], i < 20 ? Reason::none : Reason::http_status, i < 20 ? 200 : 403), Fate::final);
    now += 1ms;
  }
  EXPECT_TRUE(run().empty());
  const auto parked = frontier.parked(now, 10);
  ASSERT_EQ(parked.size(), 1u);
  EXPECT_EQ(parked[0].why, "http_status");
}

}  // namespace
}  // namespace gannet::frontier
