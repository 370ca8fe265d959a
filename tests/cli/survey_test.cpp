#include "cli/survey.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/row_list.hpp"

namespace gannet::cli {
namespace {

using test::row_of;
using testing::ElementsAre;
using testing::SizeIs;

class SurveyTest : public testing::Test {
 protected:
  void begin(LimitOverrides limits = {}) {
    if (!survey) survey.emplace(settings, true, bounds);
    JobOptions options;
    options.limits = std::move(limits);
    options.dedupe = list_dedupes;
    survey->begin_list("list.txt", &options);
    next_line = 1;
  }
  void add(const std::string& url, int times = 1) {
    if (!survey) begin();
    while (times-- > 0) survey->add(row_of(next_line++, url));
  }
  Findings found() { return survey->findings(); }

  FrontierSettings settings;
  Survey::Bounds bounds;
  std::optional<Survey> survey;
  std::uint64_t next_line = 1;
  std::optional<bool> list_dedupes;
};

LimitOverrides paced(double requests_per_second) {
  LimitOverrides limits;
  limits.requests_per_second = requests_per_second;
  return limits;
}

std::vector<std::string> origins(const std::vector<HostLoad>& hosts) {
  std::vector<std::string> names;
  for (const auto& host : hosts) names.push_back(host.origin);
  return names;
}

TEST_F(SurveyTest, CountsSpellingsOfOneUrlAsDuplicates) {
  for (const auto* url : {"http://example.org/a/b.jpg", "HTTP://Example.ORG/a/b.jpg", "http://example.org:80/a/b.jpg",
                          "http://example.org/a/b.jpg#top", "http://example.org/a/./c/../b.jpg"}) {
    add(url);
  }
  add("https://example.org/a/b.jpg");
  add("http://example.org/a/B.jpg");
  EXPECT_EQ(found().duplicates.value, 4u);
  EXPECT_TRUE(found().duplicates.exact);
  EXPECT_EQ(found().hosts.value, 2u);  // a scheme and a port more is another origin, with limits of its own
}

TEST_F(SurveyTest, TakesForDuplicatesWhatDedupeDoes) {
  for (const auto* url : {"http://example.org/~a/%c3%a9.jpg?b=%41", "http://example.org/%7Ea/%C3%A9.jpg?b=A",
                          "http://example.org/%7ea/\u00e9.jpg?b=A"}) {
    add(url);
  }
  add("http://example.org/~a/%C3%A9.jpg?b=%26");
  add("http://example.org/~a/%C3%A9.jpg?b=&");
  EXPECT_EQ(found().duplicates.value, 2u) << "an escaped & is another thing than &";
}

TEST_F(SurveyTest, KnowsWhetherRobotsCouldSpareLines) {
  add("http://example.org/a.jpg");
  EXPECT_FALSE(found().rules_count);
  settings.host.profile = Profile::polite;
  survey.reset();
  add("http://example.org/a.jpg");
  EXPECT_TRUE(found().rules_count);
}

TEST_F(SurveyTest, DuplicatesTakeNoTimeWhereTheyAreFetchedOnce) {
  settings.requests_per_second = 10;
  for (const bool general : {false, true}) {
    for (const auto of_list : {std::optional<bool>{}, std::optional{false}, std::optional{true}}) {
      settings.dedupe = general;
      list_dedupes = of_list;
      survey.reset();
      begin(paced(1));
      add("http://example.org/a.jpg", 100);
      add("http://example.org/b.jpg");
      const bool once = of_list.value_or(general);
      EXPECT_NEAR(found().seconds, once ? 1 : 100, 0.01) << general << ' ' << once;
      EXPECT_EQ(found().largest[0].lines, 101u);
    }
  }
}

TEST_F(SurveyTest, FindsDuplicatesAcrossLists) {
  begin();
  add("http://example.org/a.jpg");
  begin();
  add("http://example.org/a.jpg");
  EXPECT_EQ(found().duplicates.value, 1u);
  EXPECT_THAT(found().lists, SizeIs(2));
  EXPECT_EQ(found().lists[1].lines, 1u);
}

TEST_F(SurveyTest, TellsInvalidLinesByReasonAndTheFirstOfThem) {
  add("http://example.org/a.jpg");
  add("nonsense", 2);
  add("ftp://example.org/a.jpg", 20);
  Row no_row = row_of(99, "\xff{");
  no_row.fault = Reason::bad_url;
  no_row.detail = "not JSON";
  survey->add(no_row);
  const auto result = found();
  EXPECT_EQ(result.lines, 24u);
  EXPECT_EQ(result.invalid, 23u);
  EXPECT_EQ(result.reasons[static_cast<std::size_t>(Reason::bad_url)], 3u);
  EXPECT_EQ(result.reasons[static_cast<std::size_t>(Reason::unsupported_scheme)], 20u);
  ASSERT_THAT(result.bad_lines, SizeIs(10));
  EXPECT_EQ(result.bad_lines[0].line, 2u);
  EXPECT_EQ(result.bad_lines[0].text, "nonsense");
  EXPECT_NE(result.bad_lines[0].why, "");
  EXPECT_EQ(result.hosts.value, 1u);
  EXPECT_EQ(result.duplicates.value, 0u);
}

TEST_F(SurveyTest, NamesTheLargestHosts) {
  for (int host = 1; host <= 30; ++host) {
    add("http://host" + std::to_string(host) + ".example/a.jpg", host);
  }
  for (int host = 1; host <= 30; ++host) add("http://host" + std::to_string(host) + ".example/b.jpg");
  add("http://host7.example/", 100);
  const auto result = found();
  ASSERT_THAT(result.largest, SizeIs(10));
  EXPECT_EQ(result.largest[0].origin, "http://host7.example");
  EXPECT_EQ(result.largest[0].lines, 108u);
  for (unsigned i = 1; i < 10; ++i) EXPECT_EQ(result.largest[i].lines, 32u - i) << i;
}

TEST_F(SurveyTest, SaysWhichHostDecidesHowLongItTakes) {
  settings.hosts = {{"*.slow.example", paced(2)}};
  add("http://large.example/", 600);  // 10 s with 6 at once
  add("http://www.slow.example/", 41);
  const auto result = found();
  EXPECT_THAT(origins(result.largest), ElementsAre("http://large.example", "http://www.slow.example"));
  EXPECT_THAT(origins(result.slowest), ElementsAre("http://www.slow.example", "http://large.example"));
  EXPECT_DOUBLE_EQ(result.seconds, 20);
  EXPECT_EQ(result.slowest[0].why, "2 requests/s");
  EXPECT_EQ(result.limit, "");
}

TEST_F(SurveyTest, KnowsThatAllHostsShareTheConnections) {
  settings.connections = 10;
  for (int i = 0; i < 1000; ++i) add("http://host" + std::to_string(i) + ".example/");
  EXPECT_DOUBLE_EQ(found().seconds, 10);
  EXPECT_EQ(found().limit, "fetch.connections");
}

TEST_F(SurveyTest, KnowsTheRatesOfAllHostsTogether) {
  settings.requests_per_second = 20;
  for (int i = 0; i < 1000; ++i) add("http://host" + std::to_string(i) + ".example/");
  EXPECT_DOUBLE_EQ(found().seconds, 49.95);  // the first need not wait
  EXPECT_EQ(found().limit, "fetch.requests_per_second");
  survey.reset();
  settings.bytes_per_second = 500'000;
  for (int i = 0; i < 1000; ++i) add("http://host" + std::to_string(i) + ".example/");
  EXPECT_DOUBLE_EQ(found().seconds, 99.9);
  EXPECT_EQ(found().limit, "fetch.bytes_per_second");
}

// The time is told as a lower bound: the only request waits for no rate.
TEST_F(SurveyTest, OneLineTakesOneAnswer) {
  settings.requests_per_second = 0.1;
  settings.bytes_per_second = 1000;
  begin();
  EXPECT_EQ(found().seconds, 0) << "nor do none take anything";
  add("http://example.org/");
  EXPECT_DOUBLE_EQ(found().seconds, 0.1);
  EXPECT_EQ(found().limit, "");
  add("http://example.org/b");
  EXPECT_DOUBLE_EQ(found().seconds, 50);
}

TEST_F(SurveyTest, CountsWhatEachListSaysOfItsOwnLines) {
  begin(paced(1));
  add("http://example.org/", 10);
  begin(paced(10));
  add("http://example.org/", 100);
  EXPECT_NEAR(found().seconds, 20, 1);
  EXPECT_EQ(found().slowest[0].lines, 110u);
}

TEST_F(SurveyTest, KeepsTheLargeHostsWhenThereAreTooMany) {
  bounds.hosts = 1000;
  for (int i = 0; i < 20000; ++i) {
    add("http://host" + std::to_string(i) + ".example/");
    if (i % 4 == 0) add("http://large.example/");
  }
  const auto result = found();
  EXPECT_FALSE(result.hosts.exact);
  EXPECT_NEAR(static_cast<double>(result.hosts.value), 20001, 3000);
  EXPECT_EQ(result.largest[0].origin, "http://large.example");
  EXPECT_EQ(result.largest[0].lines, 5000u);
}

TEST_F(SurveyTest, EstimatesDuplicatesWhenThereAreTooManyUrls) {
  bounds.urls = 1000;
  for (int i = 0; i < 20000; ++i) add("http://example.org/" + std::to_string(i / 2));
  EXPECT_FALSE(found().duplicates.exact);
  EXPECT_NEAR(static_cast<double>(found().duplicates.value), 10000, 1500);
}

}  // namespace
}  // namespace gannet::cli
