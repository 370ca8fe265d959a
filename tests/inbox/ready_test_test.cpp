#include "inbox/ready_test.hpp"

#include <gtest/gtest.h>

namespace gannet::inbox {
namespace {

constexpr milliseconds settle = 2000ms;
const TimePoint start{1000s};
const WallTime wall_start{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}};

Sighting seen(Arrival arrival, WallTime changed = wall_start) { return {arrival, {1, 100, changed, changed}, start}; }

Verdict after(milliseconds elapsed, const Sighting& sighting, Writers writers) {
  return judge(sighting, writers, wall_start + elapsed, start + elapsed, settle);
}

TEST(ReadyTest, MovedInIsReadyAtOnce) {
  for (const auto writers : {Writers::no, Writers::yes, Writers::unknown}) {
    EXPECT_TRUE(after(0ms, seen(Arrival::moved_in), writers).ready);
  }
}

TEST(ReadyTest, UnchangedForTheSettleTimeIsReady) {
  for (const auto arrival : {Arrival::created_or_found, Arrival::closed_after_writing}) {
    const Verdict early = after(1999ms, seen(arrival), Writers::no);
    EXPECT_FALSE(early.ready);
    EXPECT_LE(early.wait, 20ms);
    EXPECT_TRUE(after(2000ms, seen(arrival), Writers::no).ready);
  }
}

TEST(ReadyTest, OpenForWritingIsNeverReady) {
  for (const auto arrival : {Arrival::created_or_found, Arrival::closed_after_writing}) {
    const Verdict verdict = after(10h, seen(arrival), Writers::yes);
    EXPECT_FALSE(verdict.ready);
    EXPECT_EQ(verdict.wait, settle);
  }
}

TEST(ReadyTest, UnknownWritersNeedFiveTimesAsLongUnlessOneWasSeenToClose) {
  EXPECT_TRUE(after(2000ms, seen(Arrival::closed_after_writing), Writers::unknown).ready);
  const Verdict verdict = after(2000ms, seen(Arrival::created_or_found), Writers::unknown);
  EXPECT_FALSE(verdict.ready);
  EXPECT_EQ(verdict.wait, 8000ms);
  EXPECT_TRUE(after(10000ms, seen(Arrival::created_or_found), Writers::unknown).ready);
}

TEST(ReadyTest, OldChangeTimeDoesNotShortenOurOwnWatch) {
  const Verdict verdict = after(500ms, seen(Arrival::created_or_found, wall_start - 24h), Writers::no);
  EXPECT_FALSE(verdict.ready);
  EXPECT_EQ(verdict.wait, 1500ms);
}

TEST(ReadyTest, RecentChangeTimeLengthensOurOwnWatch) {
  const Verdict verdict = after(2500ms, seen(Arrival::created_or_found, wall_start + 1000ms), Writers::no);
  EXPECT_FALSE(verdict.ready);
  EXPECT_EQ(verdict.wait, 500ms);
}

TEST(ReadyTest, ChangeTimeInTheFutureCannotHoldAFileForever) {
  EXPECT_TRUE(after(2000ms, seen(Arrival::created_or_found, wall_start + 24h), Writers::no).ready);
}

TEST(ReadyTest, WaitIsNeverZero) {
  EXPECT_GT(judge(seen(Arrival::created_or_found), Writers::yes, wall_start, start, 0ms).wait, 0ms);
}

TEST(ReadyTest, ChangeStartsTheWatchAgainHoweverTheFileArrived) {
  for (const auto arrival : {Arrival::moved_in, Arrival::closed_after_writing}) {
    Sighting sighting = seen(arrival);
    FileState state = sighting.state;
    sighting.see(state, start + 1500ms);
    EXPECT_EQ(sighting.arrival, arrival);
    EXPECT_EQ(sighting.unchanged_since, start);
    state.size = 101;
    sighting.see(state, start + 1500ms);
    EXPECT_EQ(sighting.arrival, Arrival::created_or_found);
    EXPECT_FALSE(after(3499ms, sighting, Writers::no).ready);
    EXPECT_TRUE(after(3500ms, sighting, Writers::no).ready);
  }
}

TEST(ReadyTest, EachPartOfTheStateCountsAsAChange) {
  const FileState before{1, 100, wall_start, wall_start};
  for (const FileState& now :
       {FileState{2, 100, wall_start, wall_start}, FileState{1, 99, wall_start, wall_start},
        FileState{1, 100, wall_start + 1ms, wall_start}, FileState{1, 100, wall_start, wall_start + 1ms}}) {
    Sighting sighting{Arrival::moved_in, before, start};
    sighting.see(now, start + 1s);
    EXPECT_EQ(sighting.unchanged_since, start + 1s);
  }
}

}  // namespace
}  // namespace gannet::inbox
