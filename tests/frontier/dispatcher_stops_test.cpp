// When the dispatcher waits: for room, for receipts, for the end of the process.
#include "frontier/fake_pipeline.hpp"

namespace gannet::frontier {
namespace {

using gannet::test::RowList;
using test::FakePipeline;

void set_room(FakePipeline& pipeline, bool room) {
  const std::lock_guard lock(pipeline.mutex);
  pipeline.room = room;
}

TEST(DispatcherWaits, ForRoom) {
  FakePipeline pipeline({});
  pipeline.room = false;
  pipeline.add(1, std::make_unique<RowList>(2, 2));
  ASSERT_TRUE(pipeline.settled());
  EXPECT_TRUE(pipeline.order.empty());
  set_room(pipeline, true);
  pipeline.dispatcher.room_made();
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.started.size() == 2; }));
}

// What is due while there is no room must not keep the thread busy.
TEST(DispatcherWaits, ForRoomWithoutAskingAgainAndAgain) {
  FakePipeline pipeline({.backoff_most = 1ms});
  pipeline.add(1, std::make_unique<RowList>(1, 1));
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.started.size() == 1; }));
  set_room(pipeline, false);
  pipeline.answer(1, Reason::reset);
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.snapshot.retrying == 1; }));
  const auto seen = pipeline.now(pipeline.snapshots);
  const auto asked = pipeline.now(pipeline.asked_for_room);
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.snapshots > seen + 10; }));
  EXPECT_LE(pipeline.now(pipeline.asked_for_room), asked + 2);
  set_room(pipeline, true);
  pipeline.dispatcher.room_made();
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.started.size() == 1; }));
}

// Nothing happens meanwhile that it hears of but what the process takes.
TEST(DispatcherWaits, WithLinesOnDiskWhenTheMemoryIsNeeded) {
  FakePipeline pipeline({.window_memory = 1 << 20}, 1h);
  pipeline.add(1, std::make_unique<RowList>(25'000, 2));
  ASSERT_TRUE(pipeline.settled());
  const auto spill = pipeline.state / "spill";
  EXPECT_FALSE(std::filesystem::exists(spill));
  {
    const std::lock_guard lock(pipeline.mutex);
    pipeline.memory = 64 << 20;
  }
  EXPECT_TRUE(pipeline.wait([&] { return std::filesystem::exists(spill); }));
}

TEST(DispatcherWaits, ForReceiptsButAsksForThemWhenNothingElseIsUnderWay) {
  FakePipeline pipeline({});
  pipeline.add(1, std::make_unique<RowList>(2, 2));
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.started.size() == 2; }));
  pipeline.answer(1, Reason::none);
  ASSERT_TRUE(pipeline.settled());
  EXPECT_EQ(pipeline.flushes, 0u) << "more records are on their way";
  pipeline.answer(2, Reason::none);
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.flushes > 0; }));
}

TEST(DispatcherWaits, WithNothingToFlushWhenNothingIsOutstanding) {
  FakePipeline pipeline({});
  ASSERT_TRUE(pipeline.settled());
  ASSERT_TRUE(pipeline.settled());
  EXPECT_EQ(pipeline.flushes, 0u);
}

TEST(DispatcherDrains, WhenTheLastAttemptHasEnded) {
  FakePipeline pipeline({});
  pipeline.add(1, std::make_unique<RowList>(10, 1));
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.started.size() == 2; }));
  pipeline.dispatcher.drain();
  pipeline.answer(1, Reason::none);
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.snapshot.state == "draining" && pipeline.snapshot.in_flight == 1; }));
  EXPECT_EQ(pipeline.drained, 0u);
  pipeline.answer(2, Reason::none);
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.drained == 1; }));
  EXPECT_EQ(pipeline.order.size(), 2u) << "nothing more was started";
}

TEST(DispatcherDrains, AtOnceWhenNothingIsUnderWay) {
  FakePipeline pipeline({});
  pipeline.dispatcher.drain();
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.drained == 1; }));
}

TEST(DispatcherDrains, OnceHoweverOftenItIsAsked) {
  FakePipeline pipeline({});
  pipeline.dispatcher.drain();
  pipeline.dispatcher.drain();
  pipeline.dispatcher.room_made();
  pipeline.add(1, std::make_unique<RowList>(3, 1));
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.snapshot.jobs.size() == 1; }));
  EXPECT_EQ(pipeline.drained, 1u);
  EXPECT_TRUE(pipeline.order.empty());
}

TEST(DispatcherDrains, AndLeavesCancelledLinesWithoutARecord) {
  FakePipeline pipeline({});
  pipeline.add(1, std::make_unique<RowList>(2, 2));
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.started.size() == 2; }));
  pipeline.dispatcher.drain();
  pipeline.answer(1, Reason::cancelled);
  pipeline.answer(2, Reason::http_status, 404);
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.drained == 1; }));
  ASSERT_EQ(pipeline.records.size(), 1u);
  EXPECT_EQ(pipeline.records[0].record.line, 2u);
  EXPECT_TRUE(pipeline.ended.empty()) << "the next run goes on with it";
}

TEST(DispatcherDrains, AndLeavesRetriesToTheNextRun) {
  FakePipeline pipeline({.backoff_most = 1ms});
  pipeline.add(1, std::make_unique<RowList>(1, 1));
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.started.size() == 1; }));
  pipeline.dispatcher.drain();
  pipeline.answer(1, Reason::reset);
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.drained == 1; }));
  const auto seen = pipeline.now(pipeline.snapshots);
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.snapshots > seen + 2; }));
  EXPECT_EQ(pipeline.order.size(), 1u);
  EXPECT_TRUE(pipeline.records.empty());
}

TEST(Dispatcher, FollowsNewSettingsAtOnce) {
  FakePipeline pipeline({.connections = 1});
  pipeline.add(1, std::make_unique<RowList>(5, 5));
  ASSERT_TRUE(pipeline.settled());
  EXPECT_EQ(pipeline.order.size(), 1u);
  pipeline.dispatcher.apply({.connections = 4});
  ASSERT_TRUE(pipeline.settled());
  EXPECT_EQ(pipeline.order.size(), 4u);
}

TEST(Dispatcher, MayBeDestroyedWithWorkUnderWay) {
  FakePipeline pipeline({});
  pipeline.add(1, std::make_unique<RowList>(1000, 10));
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.started.size() == 20; }));
}

}  // namespace
}  // namespace gannet::frontier
