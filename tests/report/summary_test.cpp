#include "report/summary.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "report/snapshots.hpp"

namespace gannet::report {
namespace {

using testing::HasSubstr;
using testing::Not;

Job cats() {
  Job job;
  job.id = "20261122T101502-1-cats";
  job.source = "inbox/cats.txt";
  job.priority = Priority::bulk;
  job.claimed = *parse_rfc3339("2026-11-22T10:15:02.000Z");
  return job;
}

TEST(SummaryJson, IsReadBack) {
  const auto summary = parse_summary(summary_json(cats(), test::totals_of(40, 9, 1), cats().claimed + 2500ms));
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->job, cats().id);
  EXPECT_EQ(summary->claimed, cats().claimed);
  EXPECT_EQ(summary->finished, cats().claimed + 2500ms);
  EXPECT_DOUBLE_EQ(summary->seconds, 2.5);
  EXPECT_EQ(summary->totals.lines, 50u);
  EXPECT_EQ(summary->totals.of(Outcome::ok), 40u);
  EXPECT_EQ(summary->totals.of(Reason::http_status), 9u);
}

TEST(EndedLine, IsTheSummaryAndWhereTheJobIs) {
  const auto summary = summary_json(cats(), test::totals_of(40, 9, 1), cats().claimed + 2500ms);
  const auto line = ended_line(summary, "/srv/failed/cats", "truncated");
  ASSERT_TRUE(line);
  EXPECT_TRUE(line->ends_with('\n'));
  auto told = boost::json::parse(*line).as_object();
  EXPECT_EQ(told.at("state").as_string(), "failed");
  EXPECT_EQ(told.at("folder").as_string(), "/srv/failed/cats");
  EXPECT_EQ(told.at("reason").as_string(), "truncated");
  for (const auto* more : {"state", "folder", "reason"}) told.erase(more);
  EXPECT_EQ(told, boost::json::parse(summary));
  EXPECT_THAT(*ended_line(summary, "/srv/done/cats", ""), testing::StartsWith(R"({"state":"done","folder":)"));
  EXPECT_THAT(*ended_line(R"({"a":0.41237113402061853})"
                          "\n",
                          "/srv", ""),
              testing::EndsWith(",\"a\":0.41237113402061853}\n"));
  for (const auto* damaged : {"{", "{}", "[]", "{\"a\":\n1}"}) EXPECT_FALSE(ended_line(damaged, "/srv/done/cats", ""));
}

TEST(SummaryJson, IsNotBelieved) {
  for (const auto* text : {"", "[]", "{}", "{\"job\":1}", "{\"job\":\"\"}"}) EXPECT_FALSE(parse_summary(text)) << text;
  const auto odd = parse_summary(R"({"job":"a","seconds":-1e300,"lines":-1,"finished":"now","reasons":[]})");
  ASSERT_TRUE(odd);
  EXPECT_EQ(odd->seconds, 0);
  EXPECT_EQ(odd->totals.lines, 0u);
}

TEST(SummaryJson, HoldsTheBooksOfTheJob) {
  const std::string text = summary_json(cats(), test::totals_of(40, 9, 1), cats().claimed + 2500ms);
  EXPECT_EQ(text.find('\n'), text.size() - 1);
  const auto summary = boost::json::parse(text).as_object();
  EXPECT_EQ(summary.at("job").as_string(), "20261122T101502-1-cats");
  EXPECT_EQ(summary.at("source").as_string(), "inbox/cats.txt");
  EXPECT_EQ(summary.at("priority").as_string(), "bulk");
  EXPECT_EQ(summary.at("claimed").as_string(), "2026-11-22T10:15:02.000Z");
  EXPECT_EQ(summary.at("finished").as_string(), "2026-11-22T10:15:04.500Z");
  EXPECT_DOUBLE_EQ(summary.at("seconds").to_number<double>(), 2.5);
  EXPECT_EQ(summary.at("lines").to_number<int>(), 50);
  EXPECT_EQ(summary.at("bytes").to_number<int>(), 40000);
  EXPECT_EQ(boost::json::serialize(summary.at("outcomes")), R"({"ok":40,"failed":9,"skipped":0,"invalid":1})");
  EXPECT_EQ(boost::json::serialize(summary.at("reasons")), R"({"bad_url":1,"http_status":9})");
  EXPECT_DOUBLE_EQ(summary.at("records_per_second").to_number<double>(), 20);
  EXPECT_THAT(text, HasSubstr(R"("seconds":2.5,)")) << "without an exponent";
}

TEST(SummaryJson, SurvivesAClockSetBackAndAnEmptyList) {
  const auto summary = boost::json::parse(summary_json(cats(), {}, cats().claimed - 1h)).as_object();
  EXPECT_EQ(summary.at("seconds").to_number<double>(), 0);
  EXPECT_EQ(summary.at("records_per_second").to_number<double>(), 0);
}

TEST(SummaryText, AlignsOutcomesAndRanksReasons) {
  Totals totals = test::totals_of(1200, 9, 1);
  totals.lines += 40;
  totals.by_outcome[static_cast<std::size_t>(Outcome::failed)] += 40;
  totals.by_reason[static_cast<std::size_t>(Reason::first_byte_timeout)] += 40;
  EXPECT_EQ(summary_text("20261122T101502-1-cats", totals, 252s),
            "20261122T101502-1-cats\n"
            "  1,250 lines in 4 min 12 s, 5/s\n"
            "  ok                            1,200    96.0 %\n"
            "  failed                           49     3.9 %\n"
            "  invalid                           1     0.1 %\n"
            "  why not:\n"
            "    first_byte_timeout             40     3.2 %\n"
            "    http_status                     9     0.7 %\n"
            "    bad_url                         1     0.1 %\n"
            "  stored 1.20 MB, 1.00 kB an image\n");
}

TEST(SummaryText, IsShortWhenAllIsWell) {
  EXPECT_EQ(summary_text("cats", test::totals_of(2, 0, 0), 0s),
            "cats\n"
            "  2 lines in 0 s\n"
            "  ok                                2   100.0 %\n"
            "  stored 2.00 kB, 1.00 kB an image\n");
  EXPECT_THAT(summary_text("empty", {}, 1s), HasSubstr("0 lines"));
}

TEST(SummaryText, DisarmsTheNameOfTheJob) { EXPECT_THAT(summary_text("cats\x1b[2J", {}, 1s), Not(HasSubstr("\x1b"))); }

}  // namespace
}  // namespace gannet::report
