// Several lists at once: turns, shares, what one loses to another.
#include <map>

#include "frontier/frontier_fixture.hpp"

namespace gannet::frontier {
namespace {

using namespace test;

class Jobs : public FrontierTest {
 protected:
  Jobs() { use({.connections = 8}); }

  void add_to(JobNumber job, const std::string& origin, unsigned count) {
    for (; count > 0; --count) {
      auto task = task_of(++lines);
      task.job = job;
      frontier.add(std::move(task), origin, now);
    }
  }

  /// Ends what is under way and starts other lines until so many have started; how many of each job.
  std::map<JobNumber, int> go_on(std::vector<Action>& under_way, int starts) {
    std::map<JobNumber, int> of_job;
    while (starts > 0) {
      now += 10ms;
      for (auto& action : std::exchange(under_way, {})) end(action, Reason::none, 200);
      under_way = run();
      if (under_way.empty()) break;
      for (const auto& action : under_way) ++of_job[action.task.job];
      starts -= static_cast<int>(under_way.size());
    }
    return of_job;
  }
};

TEST_F(Jobs, AShortListIsThroughInTimeForItsSize) {
  frontier.open(1, 4);
  frontier.open(2, 4);
  for (int host = 0; host < 100; ++host) add_to(1, "http://long" + std::to_string(host), 1000);
  std::vector<Action> under_way;
  go_on(under_way, 5000);
  for (int host = 0; host < 10; ++host) add_to(2, "http://short" + std::to_string(host), 10);
  const auto starts = go_on(under_way, 220);
  EXPECT_EQ(starts.at(2), 100);
  EXPECT_LE(starts.at(1), 128) << "and the long one loses what the short one gets, no more";
}

TEST_F(Jobs, AnUrgentOneGetsTwiceAsMuchAndABulkOneAQuarter) {
  frontier.open(1, 8);
  frontier.open(2, 4);
  frontier.open(3, 1);
  for (JobNumber job = 1; job <= 3; ++job) {
    for (int host = 0; host < 50; ++host) {
      add_to(job, "http://" + std::to_string(job) + "-" + std::to_string(host), 200);
    }
  }
  std::vector<Action> under_way;
  const auto starts = go_on(under_way, 2600);
  EXPECT_NEAR(starts.at(1), 1600, 20);
  EXPECT_NEAR(starts.at(2), 800, 20);
  EXPECT_NEAR(starts.at(3), 200, 20);
}

TEST_F(Jobs, ShareAHostAndItsLimit) {
  frontier.open(1, 4);
  frontier.open(2, 4);
  add_to(1, "http://a", 100);
  add_to(2, "http://a", 100);
  std::vector<Action> under_way = run();
  ASSERT_EQ(under_way.size(), 2u) << "the limit is the host's, whatever lists ask";
  const auto starts = go_on(under_way, 100);
  EXPECT_NEAR(starts.at(1), starts.at(2), 6);
}

TEST_F(Jobs, EachSayWhatAHostMayBeAskedForThem) {
  auto options = std::make_shared<JobOptions>();
  options->limits.connections = 1;
  options->limits.delay = 10s;
  frontier.open(1, 4, options);
  frontier.open(2, 4);
  add_to(1, "http://a", 10);
  add_to(2, "http://b", 10);
  std::map<JobNumber, int> started;
  for (const auto& action : run()) ++started[action.task.job];
  EXPECT_EQ(started, (std::map<JobNumber, int>{{1, 1}, {2, 2}}));
}

TEST_F(Jobs, CanEndWhileTheirHostsAreStillKnown) {
  frontier.open(1, 4);
  add_to(1, "http://a", 1);
  auto actions = run();
  ASSERT_EQ(actions.size(), 1u);
  frontier.close(1);  // its record came before the end of the attempt was heard
  EXPECT_EQ(end(actions[0], Reason::none, 200), Fate::final);
  frontier.open(2, 4);
  add_to(2, "http://a", 1);
  EXPECT_EQ(run().size(), 1u);
}

// The end of a retry lets in one that waits for it on the same host, where a third list has just gone.
TEST_F(Jobs, MayGoFromAHostWhileTheRetriesOfOthersEndThere) {
  use({.connections = 5});  // one retry at once
  for (JobNumber job = 1; job <= 3; ++job) frontier.open(job, 4);
  for (int round = 0; round < 50; ++round) {
    for (JobNumber job = 1; job <= 3; ++job) add_to(job, "http://a", 1);
    for (int step = 0; step < 20; ++step) {
      for (auto& action : run())
        end(action, action.task.attempt < 3 && action.task.job < 3 ? Reason::short_body : Reason::none, 200);
      now += 500ms;
    }
  }
  for (int step = 0; step < 1000 && frontier.queued() > 0; ++step) {
    for (auto& action : run()) end(action, Reason::none, 200);
    now += 500ms;
  }
  EXPECT_EQ(frontier.queued(), 0u);
  EXPECT_EQ(frontier.in_flight(), 0u);
}

TEST_F(Jobs, WithManyFailuresDoNotKeepOthersFromTheirRetries) {
  use({.connections = 10});  // two retries at once
  frontier.open(1, 4);
  frontier.open(2, 4);
  for (int host = 0; host < 200; ++host) add_to(1, "http://bad" + std::to_string(host), 1);
  std::vector<Action> under_way;
  for (int i = 0; i < 100 && frontier.retrying() < 200; ++i) {
    for (auto& action : run()) end(action, Reason::reset);
  }
  add_to(2, "http://other", 1);
  auto first = run();
  const auto other = std::ranges::find_if(first, [](const Action& action) { return action.task.job == 2; });
  ASSERT_NE(other, first.end());
  for (auto& action : first) end(action, Reason::reset);
  now += 4s;  // all are due
  bool seen = false;
  for (int round = 0; round < 4 && !seen; ++round) {
    auto retries = run();
    for (auto& action : retries) {
      seen = seen || action.task.job == 2;
      end(action, Reason::none, 200);
    }
  }
  EXPECT_TRUE(seen) << "behind 200 of another list";
}

}  // namespace
}  // namespace gannet::frontier
