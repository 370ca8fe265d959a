// Where a redirect leads, it takes its turn as any request of that origin.
#include "frontier/frontier_fixture.hpp"
#include "frontier/unfetched.hpp"
#include "support/temp_folder.hpp"

namespace gannet::frontier {
namespace {

using namespace test;

const std::string target = "http://target";

class Redirects : public FrontierTest {
 protected:
  // A line of each of so many hosts, of which the first request ended with a redirect to the target.
  void redirect(unsigned hosts) {
    for (unsigned host = 0; host < hosts; ++host) add_line("http://from" + std::to_string(host));
    for (auto& action : run()) EXPECT_EQ(end_onward(action, target + "/x"), Fate::retried);
  }

  void add_line(const std::string& origin) {
    auto task = task_of(++lines);
    task.row.url = origin + "/x";
    task.url_is_normal = true;
    frontier.add(std::move(task), origin, now);
  }

  static std::string where(const Action& action) { return action.task.trail ? action.task.trail->url : "home"; }
};

TEST_F(Redirects, WaitForTheLimitOfWhereTheyLead) {
  redirect(30);
  EXPECT_EQ(frontier.queued(), 30u);
  auto actions = run();
  EXPECT_EQ(actions.size(), settings.host.start);
  for (const auto& action : actions) EXPECT_EQ(where(action), target + "/x");
  EXPECT_EQ(frontier.in_flight(), settings.host.start);
}

TEST_F(Redirects, WaitForThePaceOfWhereTheyLead) {
  use({.host = {.requests_per_second = 5}});
  redirect(4);
  EXPECT_EQ(run().size(), 1u);
  const auto before = now;
  EXPECT_EQ(run_later().size(), 1u);
  EXPECT_EQ(now - before, 200ms);
}

TEST_F(Redirects, WithinOneOriginTakeTurnsToo) {
  use({.host = {.requests_per_second = 5}});
  add_line(target);
  auto first = run();
  end_onward(first.at(0), target + "/y");
  EXPECT_TRUE(run().empty());
  const auto before = now;
  EXPECT_EQ(where(run_later().at(0)), target + "/y");
  EXPECT_EQ(now - before, 200ms);
}

TEST_F(Redirects, GoBeforeLinesThatWereNotAskedForYet) {
  add_line("http://from");
  auto first = run();
  for (unsigned line = 0; line < 10; ++line) add_line(target);
  auto busy = run();
  end_onward(first.at(0), target + "/x");
  end(busy.at(0), Reason::none, 200);
  EXPECT_EQ(where(run().at(0)), target + "/x");
}

TEST_F(Redirects, AFailureIsThatOfWhereTheyLed) {
  redirect(1);
  auto actions = run();
  end(actions.at(0), Reason::http_status, 429, 60s);
  const auto parked = frontier.parked(now, 10);
  ASSERT_EQ(parked.size(), 1u);
  EXPECT_EQ(parked[0].origin, target);
  add_line("http://from0");
  add_line(target);
  const auto others = run();
  ASSERT_EQ(others.size(), 1u) << "the host that redirected is none the worse for it";
  EXPECT_EQ(others[0].task.row.url, "http://from0/x");
}

TEST_F(Redirects, ATryMoreBeginsWhereTheLineDid) {
  redirect(1);
  auto actions = run();
  end(actions.at(0), Reason::reset);
  auto again = run_later();
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(where(again[0]), "home");
  EXPECT_EQ(again[0].task.attempt, 2u);
  EXPECT_EQ(again[0].task.row.url, "http://from0/x");
  end_onward(again[0], target + "/x");
  auto last = run();
  ASSERT_EQ(last.size(), 1u);
  EXPECT_EQ(last[0].task.attempt, 2u);
  EXPECT_EQ(end(last[0], Reason::none, 200), Fate::final);
  EXPECT_TRUE(frontier.idle());
}

TEST_F(Redirects, ToADeadHostAreGivenUpAndSayWhere) {
  HostMemory dead;
  dead.origin = target;
  dead.state.dead_for = 10min;
  frontier.restore({dead}, now);
  redirect(1);
  const auto actions = run();
  ASSERT_EQ(actions.size(), 1u);
  EXPECT_EQ(actions[0].kind, Kind::give_up);
  const auto record = unfetched(actions[0].task, {Reason::host_dead, {}}).record;
  EXPECT_EQ(record.url, "http://from0/x");
  EXPECT_EQ(record.final_url, target + "/x");
  EXPECT_EQ(record.attempts, 1u);
}

TEST_F(Redirects, MeetTheRulesOfEachOriginAnew) {
  use({.robots = Robots::obey});
  add_line("http://from");
  auto first = run();
  first.at(0).task.knows_robots = true;
  end_onward(first[0], target + "/x");
  const auto next = run();
  EXPECT_TRUE(next.at(0).task.obeys_robots);
  EXPECT_FALSE(next[0].task.knows_robots);
}

TEST_F(Redirects, ToASlowHostStayWithinTheWindow) {
  const gannet::test::TempFolder folder;
  settings.window_memory = 2 << 20;
  frontier = Frontier(settings, 4, 1, folder / "spill");
  frontier.open(0, 4);
  constexpr unsigned all = 4000;
  const std::string long_url = target + "/" + std::string(2000, 'x');
  for (unsigned line = 0; line < all; ++line) add_line("http://from");
  std::vector<Action> held;  // by the target
  unsigned sent = 0;
  while (sent < all) {
    auto actions = run();
    ASSERT_FALSE(actions.empty());
    for (auto& action : actions) {
      if (where(action) != "home") {
        held.push_back(std::move(action));
      } else {
        end_onward(action, long_url);
        ++sent;
      }
    }
  }
  EXPECT_LE(frontier.memory(), settings.window_memory + settings.window_memory / 16);
  EXPECT_GT(frontier.spilled().lines(), all / 2);
  unsigned ended = 0;
  for (auto actions = std::move(held); !actions.empty(); actions = run()) {
    for (auto& action : actions) {
      ASSERT_EQ(where(action), long_url);
      ASSERT_EQ(end(action, Reason::none, 200), Fate::final);
      ++ended;
    }
  }
  EXPECT_EQ(ended, all);
  EXPECT_TRUE(frontier.idle());
}

TEST_F(Redirects, ToASlowHostKeepToTheLinesOfTheWindow) {
  constexpr unsigned all = 20'000, window = 1000;
  constexpr unsigned block = 64 * 1024 / 20;  // lines that come back from disk at once, short as they are
  const gannet::test::TempFolder folder;
  settings.window_lines = window;
  frontier = Frontier(settings, 4, 1, folder / "spill");
  frontier.open(0, 4);
  for (unsigned line = 0; line < all; ++line) {
    add_line("http://from");
    if (line % 500 == 0) frontier.make_room();
  }
  const auto in_memory = [&] { return frontier.queued() - frontier.spilled().lines(); };
  std::vector<Action> held;  // at the slow host
  unsigned sent = 0;
  for (auto actions = run(); !actions.empty(); actions = run()) {
    for (auto& action : actions) {
      EXPECT_LE(in_memory(), window + window / 16 + block) << sent;
      if (where(action) != "home") {
        held.push_back(std::move(action));
      } else {
        ++sent;
        end_onward(action, target + "/x");
      }
    }
  }
  EXPECT_EQ(sent, all);
  EXPECT_LE(in_memory(), window + window / 16);
  EXPECT_GT(frontier.spilled().lines(), all - 2 * window);
  unsigned ended = 0;
  for (auto actions = std::move(held); !actions.empty(); actions = run()) {
    for (auto& action : actions) ended += end(action, Reason::none, 200) == Fate::final;
  }
  EXPECT_EQ(ended, all);
}

}  // namespace
}  // namespace gannet::frontier
