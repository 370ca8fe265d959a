// Lines that ask for the same, at the turn of each.
#include "frontier/frontier_fixture.hpp"

namespace gannet::frontier {
namespace {

using namespace test;

class FrontierDuplicates : public FrontierTest {
 protected:
  FrontierDuplicates() : FrontierTest({.dedupe = true}) {}

  void add(JobNumber job, std::uint64_t line, const std::string& url, const std::string& origin = "http://a") {
    auto task = task_of(line);
    task.job = job;
    task.row.url = url;
    frontier.add(std::move(task), origin, now);
  }

  static std::vector<std::uint64_t> of(Kind kind, const std::vector<Action>& actions) {
    std::vector<std::uint64_t> found;
    for (const auto& action : actions) {
      if (action.kind == kind) found.push_back(action.task.row.line);
    }
    return found;
  }

  // The record of a line that was started or given up is durable.
  std::vector<Record> recorded(const Action& action, Reason reason = Reason::none) {
    Record record = answer(reason);
    record.job = action.task.job;
    record.line = action.task.row.line;
    record.question = action.task.question;
    record.path = "images/x";
    return frontier.settled(record, now);
  }
};

using Lines = std::vector<std::uint64_t>;

TEST_F(FrontierDuplicates, WaitForTheOneThatIsFetched) {
  for (const std::uint64_t line : {1, 2, 3}) add(0, line, "http://a/1");
  add(0, 4, "http://a/2");
  auto actions = run();
  EXPECT_EQ(of(Kind::start, actions), (Lines{1, 4}));
  EXPECT_EQ(of(Kind::wait, actions), (Lines{2, 3}));
  EXPECT_EQ(frontier.queued(), 2u) << "they are not through";
  EXPECT_FALSE(frontier.idle());
  for (auto& action : actions) {
    if (action.kind == Kind::start) end(action, Reason::none, 200);
  }
  EXPECT_TRUE(frontier.idle()) << "only records are waited for";
  EXPECT_EQ(recorded(actions.front()).size(), 2u);
  EXPECT_EQ(frontier.queued(), 0u);
  add(0, 5, "http://a/1");
  actions = run();
  ASSERT_EQ(of(Kind::share, actions), Lines{5});
  EXPECT_EQ(frontier.known(actions[0].task).path, "images/x");
  frontier.fetch_anew(std::move(actions[0].task), now);
  EXPECT_EQ(of(Kind::start, run()), Lines{5});
}

// Its retries must not wait for itself, and the others wait on.
TEST_F(FrontierDuplicates, WaitThroughItsRetries) {
  add(0, 1, "http://a/1");
  add(0, 2, "http://a/1");
  auto actions = run();
  ASSERT_EQ(end(actions[0], Reason::reset), Fate::retried);
  actions = run_later();
  ASSERT_EQ(of(Kind::start, actions), Lines{1});
  EXPECT_EQ(actions[0].task.attempt, 2u);
  end(actions[0], Reason::none, 200);
  EXPECT_EQ(recorded(actions[0]).size(), 1u);
}

// Who comes first is who has the first turn: an urgent list does not wait for the queue of a long one.
TEST_F(FrontierDuplicates, AreFetchedByTheListWhoseTurnComesFirst) {
  frontier.open(7, 8);
  for (std::uint64_t line = 1; line <= 100; ++line) add(0, line, "http://a/" + std::to_string(line));
  add(7, 1, "http://a/100");
  const auto actions = run();  // two may start
  ASSERT_EQ(actions.size(), 2u);
  EXPECT_EQ(actions[1].task.job, 7u);
  EXPECT_EQ(actions[1].kind, Kind::start);
}

// One that is known costs the host nothing: all of them go while the host's next start is not due.
TEST_F(FrontierDuplicates, DoNotUseTheLimitsOfTheirHost) {
  add(0, 1, "http://a/1");
  auto first = run();
  end(first[0], Reason::none, 200);
  recorded(first[0]);
  for (std::uint64_t line = 2; line <= 50; ++line) add(0, line, "http://a/1");
  EXPECT_EQ(of(Kind::share, run()).size(), 49u);
  EXPECT_EQ(frontier.queued(), 0u);
}

TEST_F(FrontierDuplicates, OfListsThatDoNotShareAreFetched) {
  const auto options = [](auto set) {
    auto made = std::make_shared<JobOptions>();
    set(*made);
    return made;
  };
  frontier.open(1, 4, options([](auto& list) { list.dedupe = false; }));
  frontier.open(2, 4, options([](auto& list) { list.accept = Accept::any; }));
  frontier.open(3, 4, options([](auto& list) { list.shard_size = 2; }));
  for (const JobNumber job : {0, 1, 2, 3}) add(job, 1, "http://a/1", "http://a" + std::to_string(job));
  add(1, 2, "http://a/1", "http://b");
  const auto actions = run();
  EXPECT_EQ(of(Kind::start, actions).size(), 4u);
  EXPECT_EQ(of(Kind::wait, actions).size(), 1u);
}

TEST_F(FrontierDuplicates, OfListsThatSayWhatHoldsAnywayAreShared) {
  auto options = std::make_shared<JobOptions>();
  options->tries = settings.tries;
  options->limits.profile = Profile::open_web;
  options->robots = Robots::ignore;
  frontier.open(1, 4, options);
  add(0, 1, "http://a/1");
  add(1, 2, "http://a/1");
  const auto actions = run();
  EXPECT_EQ(of(Kind::start, actions), Lines{1});
  EXPECT_EQ(of(Kind::wait, actions), Lines{2});
}

// What is under way is settled as it was asked for, and what comes later goes by what holds then.
TEST_F(FrontierDuplicates, AreToldApartByWhatAReloadMakesOfTheirLists) {
  auto options = std::make_shared<JobOptions>();
  options->tries = settings.tries;
  frontier.open(1, 4, options);
  add(1, 1, "http://a/1");
  auto actions = run();
  ASSERT_EQ(of(Kind::start, actions), Lines{1});
  add(0, 2, "http://a/1");
  EXPECT_EQ(of(Kind::wait, run()), Lines{2});
  settings.tries += 1;
  frontier.apply(settings, now);
  ASSERT_EQ(end(actions[0], Reason::reset), Fate::retried);
  actions = run_later();
  ASSERT_EQ(of(Kind::start, actions), Lines{1});
  end(actions[0], Reason::none, 200);
  EXPECT_EQ(recorded(actions[0]).size(), 1u);
  add(0, 3, "http://a/1");
  EXPECT_EQ(of(Kind::share, run()), Lines{3});
  add(1, 4, "http://a/1");
  EXPECT_EQ(of(Kind::start, run()), Lines{4});
}

TEST_F(FrontierDuplicates, AListMayAskForIt) {
  use({});
  auto options = std::make_shared<JobOptions>();
  options->dedupe = true;
  frontier.open(1, 4, options);
  for (const std::uint64_t line : {1, 2}) {
    add(0, line, "http://a/1");
    add(1, line, "http://b/1", "http://b");
  }
  const auto actions = run();
  EXPECT_EQ(of(Kind::start, actions).size(), 3u);
  EXPECT_EQ(of(Kind::wait, actions), Lines{2});
}

// Nobody is left waiting when the setting changes while a line is under way.
TEST_F(FrontierDuplicates, GoOnAsTheListBegan) {
  add(0, 1, "http://a/1");
  add(0, 2, "http://a/1");
  auto actions = run();
  settings.dedupe = false;
  frontier.apply(settings, now);
  ASSERT_EQ(end(actions[0], Reason::reset), Fate::retried);
  actions = run_later();
  end(actions[0], Reason::none, 200);
  EXPECT_EQ(recorded(actions[0]).size(), 1u);
}

TEST_F(FrontierDuplicates, OfAHostThatIsGivenUpHearOfIt) {
  settings.tries = 1;
  use(settings);
  for (std::uint64_t line = 1; line <= 40; ++line) {
    add(0, 2 * line - 1, "http://a/" + std::to_string(line));
    add(0, 2 * line, "http://a/" + std::to_string(line));
  }
  std::size_t through = 0, given_up = 0;
  for (;;) {
    auto actions = run();
    if (actions.empty()) actions = run_later();
    if (actions.empty()) break;
    for (auto& action : actions) {
      if (action.kind == Kind::wait) continue;
      if (action.kind == Kind::start) end(action, Reason::connect_refused);
      given_up += action.kind == Kind::give_up;
      through += 1 + recorded(action, Reason::connect_refused).size();
    }
  }
  EXPECT_EQ(through, 80u);
  EXPECT_GT(given_up, 0u);
  EXPECT_EQ(frontier.queued(), 0u);
}

// A list that names one URL without end keeps its own lines waiting, and nobody else.
TEST_F(FrontierDuplicates, BeyondSoManyStayWithTheirHost) {
  settings.host.start = 6;
  use(settings);
  frontier.open(1, 4);
  const auto most = Duplicates::most_waiting;
  for (std::uint64_t line = 1; line <= most + 500; ++line) add(0, line, "http://a/1");
  add(0, most + 501, "http://a/2");
  add(0, 1, "http://b/1", "http://b");
  add(1, 1, "http://a/3");
  auto actions = run();
  EXPECT_EQ(of(Kind::wait, actions).size(), most);
  EXPECT_EQ(of(Kind::start, actions).size(), 3u) << "the host is not asked for what is behind them";
  EXPECT_EQ(frontier.queued(), most + 500);

  for (auto& action : actions) {
    if (action.kind == Kind::start) end(action, Reason::none, 200);
  }
  EXPECT_TRUE(run().empty());
  EXPECT_EQ(recorded(actions.front()).size(), most);
  actions = run();
  EXPECT_EQ(of(Kind::share, actions).size(), 499u);
  EXPECT_EQ(of(Kind::start, actions), Lines{most + 501});
}

// The one that all the others wait for is tried again, be there so many of them.
TEST_F(FrontierDuplicates, BeyondSoManyDoNotKeepTheOneTheyWaitForFromBeingTriedAgain) {
  const auto most = Duplicates::most_waiting;
  for (std::uint64_t line = 1; line <= most + 500; ++line) add(0, line, "http://a/1");
  auto actions = run();
  ASSERT_EQ(of(Kind::start, actions), Lines{1});
  ASSERT_EQ(end(actions.front(), Reason::reset), Fate::retried);
  actions = run_later();
  ASSERT_EQ(of(Kind::start, actions), Lines{1});
  end(actions.front(), Reason::none, 200);
  EXPECT_EQ(recorded(actions.front()).size(), most);
  EXPECT_EQ(of(Kind::share, run()).size(), 499u);
  EXPECT_EQ(frontier.queued(), 0u);
}

// Likewise where a redirect has led it to another host, on which lines of the same list stay where they are.
TEST_F(FrontierDuplicates, BeyondSoManyDoNotKeepTheOneTheyWaitForFromWhereItWasSentOn) {
  constexpr std::uint64_t sent_on = 2000, most = Duplicates::most_waiting;
  for (const std::uint64_t line : {1, 2}) add(0, line, "http://a/" + std::to_string(line));
  auto actions = run();
  ASSERT_EQ(of(Kind::start, actions), (Lines{1, 2})) << "no more at once";
  add(0, 3, "http://a/1");
  for (std::uint64_t line = 4; line <= sent_on; ++line) add(0, line, "http://b/" + std::to_string(line), "http://b");
  for (auto of_b = run(); !of_b.empty(); of_b = run()) {
    for (auto& action : of_b) end_onward(action, "http://a/longer/than/it/was/" + action.task.row.url.substr(9));
  }
  for (std::uint64_t line = 1; line <= most; ++line) {
    add(0, sent_on + line, "http://b/" + std::to_string(sent_on), "http://b");
  }
  EXPECT_EQ(of(Kind::wait, run()).size(), most);
  std::uint64_t last = 0;
  while (!actions.empty()) {
    for (auto& action : actions) {
      if (action.kind != Kind::start) continue;
      last = action.task.row.line;
      end(action, Reason::none, 200);
    }
    actions = run();
  }
  EXPECT_EQ(last, sent_on);
}

// Those that already stay there when it comes let it by: not all that is sent on can be kept in memory.
TEST_F(FrontierDuplicates, BeyondSoManyLetByWhatIsSentOn) {
  constexpr std::uint64_t sent_on = 2000, most = Duplicates::most_waiting;
  for (const std::uint64_t line : {1, 2}) add(0, line, "http://a/" + std::to_string(line));
  auto actions = run();
  ASSERT_EQ(of(Kind::start, actions), (Lines{1, 2})) << "no more at once";
  add(0, 3, "http://c/1", "http://c");
  EXPECT_EQ(of(Kind::start, run()), Lines{3});
  for (std::uint64_t line = 1; line <= most; ++line) add(0, sent_on + line, "http://c/1", "http://c");
  EXPECT_EQ(of(Kind::wait, run()).size(), most);
  add(0, 4, "http://a/1");
  end(actions[1], Reason::none, 200);
  EXPECT_TRUE(run().empty()) << "it stays where it is";
  for (std::uint64_t line = 5; line <= sent_on; ++line) add(0, line, "http://b/" + std::to_string(line), "http://b");
  std::size_t ended = 0;
  std::vector<Action> pending;
  for (actions = run(); !actions.empty(); actions = run()) {
    for (auto& action : actions) {
      if (action.kind == Kind::start && !action.task.trail) {
        end_onward(action, "http://a/longer/than/it/was/" + action.task.row.url.substr(9));
      } else if (action.kind == Kind::start) {
        pending.push_back(std::move(action));
      }
    }
  }
  while (!pending.empty()) {
    for (auto& action : std::exchange(pending, {})) {
      ++ended;
      end(action, Reason::none, 200);
    }
    for (auto& action : run()) {
      if (action.kind == Kind::start) pending.push_back(std::move(action));
    }
  }
  EXPECT_EQ(ended, sent_on - 4);
}

}  // namespace
}  // namespace gannet::frontier
