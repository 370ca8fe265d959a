#include "frontier/job_book.hpp"

#include <gtest/gtest.h>

#include "support/row_list.hpp"

namespace gannet::frontier {
namespace {

using test::RowList;

const TimePoint start{1000h};

NewJob job_of(std::unique_ptr<RowSource> source, Priority priority = Priority::normal) {
  NewJob job;
  job.job.number = 7;
  job.job.id = "job-7";
  job.job.priority = priority;
  job.source = std::move(source);
  return job;
}

std::vector<std::uint64_t> lines_of(const std::vector<Row>& rows) {
  std::vector<std::uint64_t> lines;
  for (const auto& row : rows) lines.push_back(row.line);
  return lines;
}

TEST(JobBook, ReadsItsListPieceByPiece) {
  JobBook book(job_of(std::make_unique<RowList>(5, 1)), start);
  EXPECT_EQ(lines_of(book.read(2)), (std::vector<std::uint64_t>{1, 2}));
  EXPECT_FALSE(book.read_to_end());
  EXPECT_EQ(lines_of(book.read(100)), (std::vector<std::uint64_t>{3, 4, 5}));
  EXPECT_TRUE(book.read_to_end());
  EXPECT_EQ(book.outstanding(), 5u);
  EXPECT_EQ(book.status(start).lines_read, 5u);
  EXPECT_EQ(book.status(start).read_fraction, 1);
}

// A list that can be gone on with after every row.
class MarkedList final : public RowSource {
 public:
  explicit MarkedList(std::uint64_t rows) : rows_(rows, 1) {}
  Result<bool> read(std::vector<Row>& rows, std::size_t most) override {
    const auto before = rows.size();
    auto more = rows_.read(rows, most);
    read_ += rows.size() - before;
    return more;
  }
  double progress() const override { return rows_.progress(); }
  std::optional<ListMark> mark() const override { return ListMark{read_ * 10, read_, read_}; }

 private:
  RowList rows_;
  std::uint64_t read_ = 0;
};

TEST(JobBook, TellsOnceInAThousandRowsHowFarItHasRead) {
  JobBook book(job_of(std::make_unique<MarkedList>(5000)), start);
  book.read(999);
  EXPECT_FALSE(book.take_mark());
  book.read(2);
  EXPECT_EQ(book.take_mark(), (ListMark{10010, 1001, 1001}));
  EXPECT_FALSE(book.take_mark());
  book.read(999);
  EXPECT_FALSE(book.take_mark());
  book.read(1);
  EXPECT_EQ(book.take_mark(), (ListMark{20010, 2001, 2001}));
}

TEST(JobBook, CountsTheRowsThatAreNotReadAgain) {
  auto job = job_of(std::make_unique<RowList>(5, 1));
  job.rows_before = 700;
  JobBook book(std::move(job), start);
  book.read(3);
  EXPECT_EQ(book.status(start).lines_read, 703u);
  EXPECT_EQ(book.outstanding(), 3u);
}

TEST(JobBook, IsFinishedWhenItsListIsReadAndEveryLineIsRecorded) {
  JobBook book(job_of(std::make_unique<RowList>(2, 1)), start);
  EXPECT_FALSE(book.finished()) << "nothing is outstanding, but nothing is read either";
  book.read(1);
  book.recorded(Outcome::ok, Reason::none, 10, start);
  EXPECT_FALSE(book.finished());
  book.read(1);
  EXPECT_FALSE(book.finished());
  book.recorded(Outcome::failed, Reason::reset, 0, start);
  EXPECT_TRUE(book.finished());
  const auto end = std::move(book).end();
  EXPECT_EQ(end.job.number, 7u);
  EXPECT_EQ(end.totals.lines, 2u);
  EXPECT_EQ(end.totals.bytes, 10u);
  EXPECT_EQ(end.totals.of(Reason::reset), 1u);
  EXPECT_EQ(end.broken, "");
}

TEST(JobBook, IsFinishedAtOnceWithAnEmptyList) {
  JobBook book(job_of(std::make_unique<RowList>(0, 1)), start);
  EXPECT_TRUE(book.read(10).empty());
  EXPECT_TRUE(book.finished());
}

TEST(JobBook, LeavesOutTheLinesThatHaveTheirRecord) {
  auto job = job_of(std::make_unique<RowList>(5, 1));
  for (const std::uint64_t line : {2, 3, 5}) {
    job.recorded.insert(line);
    job.totals.add(Outcome::ok, Reason::none, 1);
  }
  JobBook book(std::move(job), start);
  EXPECT_EQ(lines_of(book.read(3)), (std::vector<std::uint64_t>{1}));
  EXPECT_EQ(lines_of(book.read(3)), (std::vector<std::uint64_t>{4}));
  EXPECT_EQ(book.outstanding(), 2u);
  EXPECT_EQ(book.status(start).lines_read, 5u);
  book.recorded(Outcome::ok, Reason::none, 1, start);
  book.recorded(Outcome::ok, Reason::none, 1, start);
  EXPECT_TRUE(book.finished());
  EXPECT_EQ(std::move(book).end().totals.lines, 5u) << "of this run and of the earlier ones";
}

TEST(JobBook, EndsWithWhatABrokenListDelivered) {
  std::vector<Row> rows;
  rows.push_back(test::row_of(1, "http://a.example/"));
  JobBook book(job_of(std::make_unique<RowList>(std::move(rows), "truncated")), start);
  EXPECT_EQ(book.read(10).size(), 1u);
  EXPECT_TRUE(book.read_to_end());
  EXPECT_FALSE(book.finished());
  book.recorded(Outcome::ok, Reason::none, 1, start);
  EXPECT_TRUE(book.finished());
  EXPECT_EQ(std::move(book).end().broken, "truncated");
}

TEST(JobBook, WeighsItsPriority) {
  const auto weight = [](Priority priority) {
    return JobBook(job_of(std::make_unique<RowList>(0, 1), priority), start).weight();
  };
  EXPECT_EQ(weight(Priority::urgent), 2 * weight(Priority::normal));
  EXPECT_EQ(weight(Priority::normal), 4 * weight(Priority::bulk));
}

TEST(JobBook, EstimatesWhatRemainsFromWhatItDid) {
  JobBook book(job_of(std::make_unique<RowList>(100, 1)), start);
  book.read(50);
  EXPECT_FALSE(book.status(start + 10s).remaining) << "there is nothing to judge by yet";
  for (int i = 0; i < 10; ++i) book.recorded(Outcome::ok, Reason::none, 1, start + 10s);
  EXPECT_FALSE(book.status(start).remaining) << "no time has passed";
  EXPECT_EQ(book.status(start + 10s).read_fraction, 0.5);
  EXPECT_EQ(book.status(start + 10s).remaining, 90s);
  EXPECT_EQ(book.status(start + 20s).remaining, 180s);
}

TEST(JobBook, ExpectsTheLastLinesNoSoonerThanTheyHaveLetWaitAlready) {
  JobBook book(job_of(std::make_unique<RowList>(1000, 1)), start);
  book.read(1000);
  for (int i = 0; i < 999; ++i) book.recorded(Outcome::ok, Reason::none, 1, start + 10s);
  EXPECT_EQ(book.status(start + 10s).remaining, 0s);
  EXPECT_EQ(book.status(start + 100s).remaining, 90s);
}

TEST(JobBook, JudgesItsSpeedByThisRunOnly) {
  auto job = job_of(std::make_unique<RowList>(100, 1));
  for (std::uint64_t line = 1; line <= 80; ++line) {
    job.recorded.insert(line);
    job.totals.add(Outcome::ok, Reason::none, 1);
  }
  JobBook book(std::move(job), start);
  book.read(100);
  for (int i = 0; i < 10; ++i) book.recorded(Outcome::ok, Reason::none, 1, start + 10s);
  EXPECT_EQ(book.status(start + 10s).remaining, 10s);
}

}  // namespace
}  // namespace gannet::frontier
