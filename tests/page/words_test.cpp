#include "page/words.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "page/records.hpp"

namespace gannet::page {
namespace {

using test::failed;
using test::ok;
using test::start;

class Sentence : public testing::Test {
 protected:
  Sentence() { job.claimed = start - 252s; }

  void add(int many, const Record& record) {
    for (int i = 0; i < many; ++i) digest->add(record);
  }

  JobFacts job;
  std::unique_ptr<Digest> digest = std::make_unique<Digest>();
};

TEST_F(Sentence, SaysThatAllWentWell) {
  add(1234, ok(1));
  EXPECT_EQ(sentence(job, *digest), "All 1,234 images were fetched in 4 min 12 s.");
}

TEST_F(Sentence, SaysHowManyFailedAndWhyMostDid) {
  add(9812, ok(1));
  add(120, failed(1, Reason::dns_not_found));
  add(68, failed(1, Reason::reset));
  EXPECT_EQ(sentence(job, *digest),
            "9,812 of 10,000 images were fetched in 4 min 12 s; 188 failed, most because the name of the host does not "
            "exist.");
  add(60, failed(1, Reason::http_status));
  add(2, failed(1, Reason::robots));
  add(1, failed(1, Reason::bad_url));
  EXPECT_EQ(
      sentence(job, *digest),
      "9,812 of 10,063 images were fetched in 4 min 12 s; 248 failed, most often because the name of the host does "
      "not exist; 2 were skipped; 1 line is no URL to fetch.");
}

TEST_F(Sentence, SaysWhyLinesWereSkippedWhenNothingElseWentWrong) {
  add(1, ok(1));
  add(2, failed(1, Reason::robots));
  EXPECT_EQ(
      sentence(job, *digest),
      "1 of 3 images was fetched in 4 min 12 s; 2 were skipped, because the robots.txt of the host disallows it.");
}

TEST_F(Sentence, SaysThatAJobGoesOn) {
  job.state = JobFacts::State::running;
  EXPECT_EQ(sentence(job, *digest), "No line has ended yet.");
  add(2, ok(1));
  EXPECT_EQ(sentence(job, *digest), "So far all 2 images have been fetched in 4 min 12 s.");
  add(1, failed(1, Reason::reset));
  EXPECT_EQ(
      sentence(job, *digest),
      "So far 2 of 3 images have been fetched in 4 min 12 s; 1 failed, because the host closed the connection half "
      "way.");
}

TEST_F(Sentence, OfAnEmptyList) { EXPECT_EQ(sentence(job, *digest), "The list had no lines, so nothing was fetched."); }

TEST(Words, EveryReasonIsExplained) {
  for (std::size_t i = 1; i < reason_count; ++i) {
    EXPECT_NE(explain(static_cast<Reason>(i)), explain(Reason::none)) << i;
  }
}

TEST(Words, TimesHaveAUnitAndThreeDigits) {
  EXPECT_EQ(short_time(0), "< 1 ms");
  EXPECT_EQ(short_time(999), "999 ms");
  EXPECT_EQ(short_time(1234), "1.23 s");
  EXPECT_EQ(short_time(9'994), "9.99 s");
  EXPECT_EQ(short_time(9'995), "10.0 s");
  EXPECT_EQ(short_time(59'949), "59.9 s");
  EXPECT_EQ(short_time(59'950), "1 min 0 s");
  EXPECT_EQ(short_time(252'400), "4 min 12 s");
}

TEST(Words, RatesHaveThreeDigits) {
  EXPECT_EQ(short_rate(0.25), "0.25");
  EXPECT_EQ(short_rate(39.51), "39.5");
  EXPECT_EQ(short_rate(99.96), "100");
  EXPECT_EQ(short_rate(1234.4), "1,234");
}

TEST(Words, UnitsStayWithTheirNumbers) {
  EXPECT_EQ(together("2 of 3 images in 4 min 12 s; 1 failed"), "2 of 3 images in 4\xc2\xa0min 12\xc2\xa0s; 1 failed");
}

TEST(Words, EdgesAreRound) {
  EXPECT_EQ(round_bytes(40e6), "40 MB");
  EXPECT_EQ(round_bytes(2.5e6), "2.5 MB");
  EXPECT_EQ(round_bytes(500), "500 B");
  EXPECT_EQ(round_number(50), "50");
  EXPECT_EQ(round_number(1500), "1,500");
  EXPECT_EQ(step_name(60s), "1 min");
  EXPECT_EQ(step_name(10'800s), "3 h");
}

}  // namespace
}  // namespace gannet::page
