// Lines of which the catalogue knows the result, from their list to their records.
#include <algorithm>

#include "frontier/fake_pipeline.hpp"

namespace gannet::frontier {
namespace {

using gannet::test::RowList;
using test::FakePipeline;

std::unique_ptr<Earlier> known() {
  auto earlier = std::make_unique<Earlier>();
  earlier->path = "images/job/00000/000000000.jpg";
  earlier->bytes = 5;
  earlier->sha256 = "ab";
  earlier->final_url = "http://b.example/";
  return earlier;
}

TEST(DispatcherRecall, WhatIsKnownIsRecordedWithoutAnAttempt) {
  FakePipeline pipeline({});
  pipeline.recall = [](const FetchTask& task) { return task.row.line % 2 == 1 ? known() : nullptr; };
  pipeline.add(1, std::make_unique<RowList>(4, 1));
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.records.size() == 2 && pipeline.started.size() == 2; }));
  for (const auto& finished : pipeline.records) {
    const Record& record = finished.record;
    EXPECT_EQ(record.job, 1u);
    EXPECT_EQ(record.line % 2, 1u);
    EXPECT_EQ(record.outcome, Outcome::ok);
    EXPECT_EQ(record.attempts, 0u);
    EXPECT_TRUE(record.from_catalogue);
    EXPECT_EQ(record.path, "images/job/00000/000000000.jpg");
    EXPECT_EQ(record.bytes, 5u);
    EXPECT_EQ(record.stored_bytes(), 0u);
    EXPECT_EQ(record.final_url, "http://b.example/");
    EXPECT_NE(record.url, "");
  }
}

// A disk that takes a millisecond for each lookup keeps nobody else from being heard.
TEST(DispatcherRecall, SlowLookupsLeaveTimeForAllElse) {
  FakePipeline pipeline({});
  pipeline.recall = [](const FetchTask&) {
    for (const auto end = Clock::now() + 1ms; Clock::now() < end;) {
    }
    return known();
  };
  const auto before = pipeline.now(pipeline.snapshots);
  pipeline.add(1, std::make_unique<RowList>(300, 1));
  bool heard = false;
  ASSERT_TRUE(pipeline.wait([&] {
    heard |= pipeline.snapshots > before + 1 && !pipeline.records.empty() && pipeline.records.size() < 300;
    return pipeline.records.size() == 300;
  }));
  EXPECT_TRUE(heard);
}

}  // namespace
}  // namespace gannet::frontier
