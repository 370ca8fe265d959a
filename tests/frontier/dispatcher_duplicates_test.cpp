// Lines that ask for the same, from their lists to the ends of their jobs.
#include <algorithm>

#include "frontier/fake_pipeline.hpp"

namespace gannet::frontier {
namespace {

using gannet::test::row_of;
using gannet::test::RowList;
using test::FakePipeline;

FrontierSettings deduping() {
  FrontierSettings settings;
  settings.dedupe = true;
  return settings;
}

std::unique_ptr<RowList> same_url(std::uint64_t count) {
  std::vector<Row> rows;
  for (std::uint64_t line = 1; line <= count; ++line) {
    rows.push_back(row_of(line, "http://a.example/1#" + std::to_string(line)));
  }
  return std::make_unique<RowList>(std::move(rows));
}

// The first line is fetched, and its record becomes durable.
void fetch_first(FakePipeline& pipeline, JobNumber job, Reason reason = Reason::none) {
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.started.contains(1); }));
  Record record;
  {
    const std::lock_guard lock(pipeline.mutex);
    pipeline.fill(record, pipeline.started.at(1).task, reason, 200);
  }
  EXPECT_EQ(record.job, job);
  record.path = "images/one.jpg";
  record.bytes = 5;
  pipeline.answer(1, reason, 200);
  pipeline.receipt(record);
}

TEST(DispatcherDuplicates, EveryLineGetsItsOwnRecordInItsOwnJob) {
  FakePipeline pipeline(deduping());
  pipeline.add(1, same_url(3));
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.started.size() == 1; }));
  pipeline.add(2, same_url(2));
  ASSERT_TRUE(pipeline.settled());
  EXPECT_TRUE(pipeline.records.empty());
  EXPECT_EQ(pipeline.order.size(), 1u);

  fetch_first(pipeline, 1);
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.records.size() == 4; }));
  EXPECT_FALSE(pipeline.ended.contains(1) || pipeline.ended.contains(2)) << "their records are not durable yet";
  for (const auto& finished : pipeline.records) {
    EXPECT_EQ(finished.record.path, "images/one.jpg");
    EXPECT_EQ(finished.record.url, "http://a.example/1#" + std::to_string(finished.record.line));
    EXPECT_EQ(finished.body.view(), "");
    pipeline.receipt(finished.record);
  }
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.ended.contains(1) && pipeline.ended.contains(2); }));
  EXPECT_EQ(pipeline.ended.at(1).totals.lines, 3u);
  EXPECT_EQ(pipeline.ended.at(2).totals.of(Outcome::ok), 2u);

  pipeline.add(3, same_url(2));
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.records.size() == 6; }));
  EXPECT_EQ(pipeline.order.size(), 1u);
}

TEST(DispatcherDuplicates, AResultWhoseFileIsGoneIsNone) {
  FakePipeline pipeline(deduping());
  pipeline.add(1, same_url(1));
  fetch_first(pipeline, 1);
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.ended.contains(1); }));
  {
    const std::lock_guard lock(pipeline.mutex);
    pipeline.gone.insert("images/one.jpg");
  }
  pipeline.add(2, same_url(2));
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.started.size() == 1; }));
  ASSERT_TRUE(pipeline.settled());
  EXPECT_TRUE(pipeline.records.empty()) << "the second line waits for the first";
}

TEST(DispatcherDuplicates, AFailureIsThatOfThoseWhoWaited) {
  FakePipeline pipeline(deduping());
  pipeline.add(1, same_url(3));
  fetch_first(pipeline, 1, Reason::not_an_image);
  const auto failed = [](const Finished& finished) { return finished.record.reason == Reason::not_an_image; };
  ASSERT_TRUE(
      pipeline.wait([&] { return pipeline.records.size() >= 2 && std::ranges::all_of(pipeline.records, failed); }));
}

// The store may be gone by then. The lines are left to the next run.
TEST(DispatcherDuplicates, NothingIsRecordedOnceItIsDrained) {
  FakePipeline pipeline(deduping());
  pipeline.add(1, same_url(2));
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.started.size() == 1; }));
  Record record;
  pipeline.fill(record, pipeline.started.at(1).task, Reason::none, 200);
  pipeline.dispatcher.drain();
  pipeline.answer(1, Reason::none, 200);
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.drained == 1; }));
  const auto seen = pipeline.now(pipeline.snapshots);
  pipeline.receipt(record);
  pipeline.dispatcher.ask_status();
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.snapshot.totals.lines == 1 && pipeline.snapshots > seen; }));
  EXPECT_TRUE(pipeline.records.empty());
}

// However many lines ask for the same, the others of their list are read and fetched.
TEST(DispatcherDuplicates, DoNotKeepTheirListFromBeingRead) {
  auto settings = deduping();
  settings.window_lines = 100;
  FakePipeline pipeline(settings);
  std::vector<Row> rows;
  for (std::uint64_t line = 1; line <= 5000; ++line) rows.push_back(row_of(line, "http://a.example/1"));
  rows.push_back(row_of(5001, "http://b.example/1"));
  pipeline.add(1, std::make_unique<RowList>(std::move(rows)));
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.started.size() == 2; }));
  EXPECT_EQ(pipeline.order, (std::vector<std::uint64_t>{1, 5001}));
}

}  // namespace
}  // namespace gannet::frontier
