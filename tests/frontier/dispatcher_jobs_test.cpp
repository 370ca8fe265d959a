// From a list to the end of its job.
#include <algorithm>

#include "frontier/fake_pipeline.hpp"

namespace gannet::frontier {
namespace {

using gannet::test::row_of;
using gannet::test::RowList;
using test::FakePipeline;

std::vector<Row> rows(std::initializer_list<std::string> urls) {
  std::vector<Row> list;
  for (const auto& url : urls) list.push_back(row_of(list.size() + 1, url));
  return list;
}

TEST(Dispatcher, EndsAJobOnceEveryLineHasItsReceipt) {
  FakePipeline pipeline({});
  pipeline.add(1, std::make_unique<RowList>(3, 3));
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.started.size() == 3; }));
  for (const std::uint64_t line : {2, 1, 3}) pipeline.answer(line, Reason::none);
  pipeline.receipt(1, Reason::none, 10);
  pipeline.receipt(1, Reason::none, 20);
  ASSERT_TRUE(pipeline.settled());
  EXPECT_FALSE(pipeline.ended.contains(1)) << "one record is not durable yet";
  pipeline.receipt(1, Reason::not_an_image);
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.ended.contains(1); }));
  const auto& totals = pipeline.ended.at(1).totals;
  EXPECT_EQ(totals.lines, 3u);
  EXPECT_EQ(totals.bytes, 30u);
  EXPECT_EQ(totals.of(Reason::not_an_image), 1u);
  EXPECT_TRUE(pipeline.records.empty()) << "what was fetched is the store's to record";
  ASSERT_TRUE(pipeline.settled());
  EXPECT_EQ(pipeline.ends_twice, 0u);
}

TEST(Dispatcher, EndsAnEmptyJobAtOnce) {
  FakePipeline pipeline({});
  pipeline.add(1, std::make_unique<RowList>(0, 1));
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.ended.contains(1); }));
  EXPECT_EQ(pipeline.ended.at(1).totals.lines, 0u);
}

TEST(Dispatcher, RecordsBadLinesWithoutStartingThem) {
  auto list = rows({"not a url", "ftp://a.example/", "http://a.example/1", "half a row"});
  list[3].fault = Reason::bad_url;
  list[3].detail = "an open quote";
  FakePipeline pipeline({});
  pipeline.add(1, std::make_unique<RowList>(std::move(list)));
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.records.size() == 3 && pipeline.started.size() == 1; }));
  EXPECT_TRUE(pipeline.started.contains(3));
  const auto& [first, second, third] = std::tie(pipeline.records[0], pipeline.records[1], pipeline.records[2]);
  EXPECT_EQ(first.record.line, 1u);
  EXPECT_EQ(first.record.job, 1u);
  EXPECT_EQ(first.record.url, "not a url");
  EXPECT_EQ(first.record.outcome, Outcome::invalid);
  EXPECT_EQ(first.record.reason, Reason::bad_url);
  EXPECT_EQ(first.record.attempts, 0u);
  EXPECT_EQ(second.record.reason, Reason::unsupported_scheme);
  EXPECT_EQ(third.record.line, 4u);
  EXPECT_EQ(third.record.detail, "an open quote");
}

TEST(Dispatcher, RecordsWhatFailedForGood) {
  FakePipeline pipeline({});
  pipeline.add(1, std::make_unique<RowList>(2, 2));
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.started.size() == 2; }));
  pipeline.answer(2, Reason::http_status, 404);
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.records.size() == 1; }));
  EXPECT_EQ(pipeline.records[0].record.line, 2u);
  EXPECT_EQ(pipeline.records[0].record.http_status, 404u);
  EXPECT_EQ(pipeline.records[0].key, 1u);
}

TEST(Dispatcher, TriesAgainAndRecordsTheLastAttemptOnly) {
  FakePipeline pipeline({.tries = 3, .backoff_most = 1ms});
  pipeline.autopilot = Reason::reset;
  pipeline.add(1, std::make_unique<RowList>(5, 5));
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.ended.contains(1); }));
  EXPECT_EQ(pipeline.order.size(), 15u);
  ASSERT_EQ(pipeline.records.size(), 5u);
  for (const auto& finished : pipeline.records) EXPECT_EQ(finished.record.attempts, 3u);
  EXPECT_EQ(pipeline.ended.at(1).totals.of(Reason::reset), 5u);
}

TEST(Dispatcher, GivesUpTheQueueOfADeadHost) {
  FakePipeline pipeline({.host = {.start = 1, .ceiling = 1, .park_unreachable = 1ms}, .tries = 1});
  pipeline.autopilot = Reason::connect_refused;
  pipeline.add(1, std::make_unique<RowList>(20, 1));
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.ended.contains(1); }));
  const auto& totals = pipeline.ended.at(1).totals;
  EXPECT_EQ(totals.of(Reason::connect_refused), 7u) << "5 until it is parked, and one after each of two parks";
  EXPECT_EQ(totals.of(Reason::host_dead), 13u);
  EXPECT_EQ(pipeline.records.size(), 20u);
  for (const auto& finished : pipeline.records) {
    EXPECT_EQ(finished.record.attempts, finished.record.reason == Reason::host_dead ? 0u : 1u);
    EXPECT_EQ(finished.record.outcome, Outcome::failed);
  }
}

TEST(Dispatcher, EndsABrokenListWithWhatItDelivered) {
  FakePipeline pipeline({});
  pipeline.autopilot = Reason::none;
  pipeline.add(1, std::make_unique<RowList>(rows({"http://a.example/"}), "truncated"));
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.ended.contains(1); }));
  EXPECT_EQ(pipeline.ended.at(1).broken, "truncated");
  EXPECT_EQ(pipeline.ended.at(1).totals.lines, 1u);
}

TEST(Dispatcher, SkipsTheLinesThatEarlierRunsRecorded) {
  FakePipeline pipeline({});
  pipeline.autopilot = Reason::none;
  NewJob job;
  job.job.number = 1;
  job.source = std::make_unique<RowList>(10, 3);
  for (std::uint64_t line = 1; line <= 8; ++line) {
    job.recorded.insert(line);
    job.totals.add(Outcome::ok, Reason::none, 1);
  }
  pipeline.dispatcher.add(std::move(job));
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.ended.contains(1); }));
  std::ranges::sort(pipeline.order);
  EXPECT_EQ(pipeline.order, (std::vector<std::uint64_t>{9, 10}));
  EXPECT_EQ(pipeline.ended.at(1).totals.lines, 10u);
}

TEST(Dispatcher, CarriesThousandsOfLinesThroughASmallWindow) {
  FakePipeline pipeline({.connections = 16, .window_lines = 100});
  pipeline.autopilot = Reason::none;
  for (JobNumber job = 1; job <= 3; ++job) pipeline.add(job, std::make_unique<RowList>(3000, 40));
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.ended.size() == 3; }));
  EXPECT_EQ(pipeline.order.size(), 9000u);
  for (const auto& [number, end] : pipeline.ended) EXPECT_EQ(end.totals.of(Outcome::ok), 3000u) << number;
  EXPECT_EQ(pipeline.ends_twice, 0u);
}

TEST(Dispatcher, ReadsNoFurtherAheadThanItsWindow) {
  FakePipeline pipeline({.connections = 100, .window_lines = 1000});
  pipeline.add(1, std::make_unique<RowList>(50000, 100));
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.snapshot.jobs.size() == 1; }));
  const auto read = pipeline.now(pipeline.snapshot).jobs[0].lines_read;
  EXPECT_GE(read, 1000u);
  EXPECT_LE(read, 1100u + 256u) << "and what is in flight, and what is read at a time";
}

// 500 lines of one host that takes two at a time, and then others: more than the window has room for.
TEST(Dispatcher, ReadsPastASlowHost) {
  FakePipeline pipeline({.window_lines = 200});
  std::vector<Row> rows;
  for (std::uint64_t line = 1; line <= 510; ++line) {
    rows.push_back(gannet::test::row_of(line, (line <= 500 ? "http://slow/" : "http://other/") + std::to_string(line)));
  }
  pipeline.add(1, std::make_unique<RowList>(std::move(rows)));
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.order.size() == 4; })) << "the other host has its turn";
  EXPECT_EQ(pipeline.now(pipeline.order), (std::vector<std::uint64_t>{1, 2, 501, 502}));
  for (std::uint64_t line = 1; line <= 510; ++line) {
    ASSERT_TRUE(pipeline.wait([&] { return pipeline.started.contains(line) || line > 500; }));
    if (line <= 500) pipeline.answer(line, Reason::none);
  }
}

// They cost nothing to end, so a list of them would fill the memory in front of the journal.
TEST(Dispatcher, WaitsForTheRecordsOfLinesThatNobodyFetches) {
  constexpr std::uint64_t count = 150'000;
  FakePipeline pipeline({}, 24h);
  std::vector<Row> rows(count);
  for (std::uint64_t line = 0; line < count; ++line) {
    rows[line].line = line + 1;
    rows[line].fault = Reason::bad_url;
  }
  pipeline.add(1, std::make_unique<RowList>(std::move(rows)));
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.records.size() >= 100'000; }));
  pipeline.dispatcher.ask_status();
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.snapshots == 2; }));
  EXPECT_LT(pipeline.now(pipeline.snapshot).jobs[0].lines_read, 102'000u);
  std::uint64_t receipts = 0;
  for (; receipts < 60'000; ++receipts) pipeline.receipt(1, Reason::bad_url);
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.records.size() == count; }));
  for (; receipts < count; ++receipts) pipeline.receipt(1, Reason::bad_url);
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.ended.contains(1); }));
}

// The big list came first and has filled the window; the small one must not wait for its end.
TEST(Dispatcher, DoesNotKeepASmallListWaitingForABigOne) {
  FakePipeline pipeline({.connections = 8, .window_lines = 1000});
  pipeline.autopilot = Reason::none;
  pipeline.room = false;
  pipeline.add(1, std::make_unique<RowList>(20000, 50, "big"), Priority::bulk);
  pipeline.add(2, std::make_unique<RowList>(100, 100, "small"));
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.snapshot.jobs.size() == 2; }));
  {
    const std::lock_guard lock(pipeline.mutex);
    pipeline.room = true;
  }
  pipeline.dispatcher.room_made();
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.ended.contains(1); }));
  EXPECT_EQ(pipeline.end_order, (std::vector<JobNumber>{2, 1}));
}

TEST(Dispatcher, TellsItsStatusWhenAsked) {
  FakePipeline pipeline({}, 24h);
  pipeline.add(1, std::make_unique<RowList>(10, 1));
  pipeline.receipt(7, Reason::reset);
  pipeline.dispatcher.ask_status();
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.snapshots == 2; })) << "the first was told at the start";
  EXPECT_EQ(pipeline.snapshot.jobs.size(), 1u);
  EXPECT_EQ(pipeline.snapshot.in_flight, 2u);
  EXPECT_EQ(pipeline.snapshot.totals.lines, 1u);
}

TEST(Dispatcher, TellsOfAllJobsAndOfAllRecords) {
  FakePipeline pipeline({});
  pipeline.add(1, std::make_unique<RowList>(10, 1));
  pipeline.add(2, std::make_unique<RowList>(1, 1, "other"), Priority::urgent);
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.started.size() >= 2 && pipeline.snapshot.jobs.size() == 2; }));
  pipeline.receipt(7, Reason::reset);  // of a job that is not its own
  ASSERT_TRUE(pipeline.wait([&] { return pipeline.snapshot.totals.lines == 1; }));
  const auto told = pipeline.now(pipeline.snapshot);
  EXPECT_EQ(told.state, "running");
  EXPECT_EQ(told.in_flight, 3u);
  EXPECT_EQ(told.queued, 8u);
  EXPECT_EQ(told.jobs[0].id, "job-1");
  EXPECT_EQ(told.jobs[0].totals.lines, 0u);
  EXPECT_EQ(told.jobs[0].lines_read, 10u);
  EXPECT_EQ(told.jobs[1].priority, Priority::urgent);
}

}  // namespace
}  // namespace gannet::frontier
