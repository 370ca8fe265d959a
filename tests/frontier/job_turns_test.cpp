#include "frontier/job_turns.hpp"

#include <gtest/gtest.h>

#include <map>

namespace gannet::frontier {
namespace {

class JobTurnsTest : public testing::Test {
 protected:
  void begin(JobNumber job, unsigned weight) {
    turns.open(job, weight);
    turns.set_ready(job, true);
  }

  /// How often it was each one's turn.
  std::map<JobNumber, int> run(int count) {
    std::map<JobNumber, int> times;
    for (; count > 0; --count) {
      const auto job = turns.next();
      if (!job) break;
      ++times[*job];
      turns.took(*job);
    }
    return times;
  }

  JobTurns turns;
};

TEST_F(JobTurnsTest, AreNobodysWhenNobodyHasAnything) {
  EXPECT_FALSE(turns.next());
  turns.open(1, 4);
  EXPECT_FALSE(turns.next());
}

TEST_F(JobTurnsTest, AreSharedByWeight) {
  begin(1, 8);
  begin(2, 4);
  begin(3, 1);
  EXPECT_EQ(run(1300), (std::map<JobNumber, int>{{1, 800}, {2, 400}, {3, 100}}));
}

TEST_F(JobTurnsTest, ComeAtOnceForAListBehindOneOfAnyLength) {
  begin(1, 4);
  run(1'000'000);
  begin(2, 4);
  const auto times = run(200);
  EXPECT_GE(times.at(2), 99);
  EXPECT_LE(times.at(2), 101) << "and it has not saved up what came before it";
}

TEST_F(JobTurnsTest, AreNotSavedUpWhileThereIsNothingToStart) {
  begin(1, 4);
  begin(2, 4);
  turns.set_ready(2, false);
  EXPECT_EQ(run(1000).at(1), 1000);
  turns.set_ready(2, true);
  EXPECT_NEAR(run(100).at(1), 50, 1);
}

TEST_F(JobTurnsTest, EndWithTheJob) {
  begin(1, 4);
  begin(2, 4);
  turns.close(1);
  turns.set_ready(1, true);
  EXPECT_EQ(run(10), (std::map<JobNumber, int>{{2, 10}}));
}

TEST_F(JobTurnsTest, GoOnWhenTheOneInTurnStopsAndComesBack) {
  begin(1, 4);
  begin(2, 4);
  std::map<JobNumber, int> times;
  for (int i = 0; i < 100; ++i) {  // as a list with a single host that takes one request at a time
    const auto job = *turns.next();
    turns.set_ready(job, false);
    ++times[job];
    turns.took(job);
    turns.set_ready(job, true);
  }
  EXPECT_EQ(times, (std::map<JobNumber, int>{{1, 50}, {2, 50}}));
}

}  // namespace
}  // namespace gannet::frontier
