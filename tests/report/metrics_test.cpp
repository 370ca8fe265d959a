#include "report/metrics.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <sstream>

#include "report/snapshots.hpp"

namespace gannet::report {
namespace {

struct Parsed {
  std::map<std::string, std::string> type;
  std::set<std::string> help;
  std::map<std::string, double> samples;  // by name with labels
};

// "name value" or "name{label="value",...} value".
void parse_sample(const std::string& line, Parsed& parsed) {
  const auto blank = line.rfind(' ');
  const std::string series = line.substr(0, blank);
  const std::string name = series.substr(0, series.find('{'));
  EXPECT_TRUE(parsed.type.contains(name)) << "no TYPE before " << line;
  EXPECT_EQ(series.size() > name.size(), series.ends_with("\"}")) << line;
  std::size_t used = 0;
  const std::string value = line.substr(blank + 1);
  EXPECT_TRUE(parsed.samples.emplace(series, std::stod(value, &used)).second) << "twice: " << line;
  EXPECT_EQ(used, value.size()) << line;
}

Parsed parse(const std::string& text) {
  Parsed parsed;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string hash, keyword, name, rest;
    if (!line.starts_with('#')) {
      parse_sample(line, parsed);
    } else if (words >> hash >> keyword >> name >> rest && keyword == "HELP") {
      EXPECT_TRUE(parsed.help.insert(name).second) << "twice: " << line;
    } else {
      EXPECT_EQ(keyword, "TYPE") << line;
      EXPECT_TRUE(parsed.type.emplace(name, rest).second) << "twice: " << line;
    }
  }
  return parsed;
}

TEST(Metrics, HaveHelpAndTypeAndNamesAsTheConventionsWant) {
  const std::string text = metrics_text(test::busy_snapshot());
  EXPECT_TRUE(text.ends_with('\n'));
  const Parsed parsed = parse(text);
  EXPECT_EQ(parsed.type.size(), 28u);
  for (const auto& [name, type] : parsed.type) {
    EXPECT_TRUE(parsed.help.contains(name)) << name;
    EXPECT_TRUE(type == "counter" || type == "gauge") << type;
    EXPECT_TRUE(name.starts_with("gannet_")) << name;
    EXPECT_EQ(name.ends_with("_total"), type == "counter") << name;
  }
}

TEST(Metrics, TellTheSnapshot) {
  Snapshot snapshot = test::busy_snapshot();
  snapshot.totals.bytes = 123'456'789'012'345;
  const auto samples = parse(metrics_text(snapshot)).samples;
  EXPECT_EQ(samples.at("gannet_records_total{outcome=\"ok\",reason=\"\"}"), 90);
  EXPECT_EQ(samples.at("gannet_records_total{outcome=\"failed\",reason=\"http_status\"}"), 9);
  EXPECT_EQ(samples.at("gannet_records_total{outcome=\"invalid\",reason=\"bad_url\"}"), 1);
  EXPECT_EQ(samples.at("gannet_bytes_total"), 123'456'789'012'345.0) << "not rounded";
  EXPECT_EQ(samples.at("gannet_requests_in_flight"), 512);
  EXPECT_EQ(samples.at("gannet_requests_in_flight_limit"), 1024);
  EXPECT_EQ(samples.at("gannet_local_trouble"), 1);
  EXPECT_EQ(samples.at("gannet_disk_closed"), 1);
  EXPECT_EQ(samples.at("gannet_logs_refused"), 1);
  EXPECT_EQ(samples.at("gannet_hook_lines_total{hook=\"on_record\",result=\"acknowledged\"}"), 1000);
  EXPECT_EQ(samples.at("gannet_hook_lines_total{hook=\"on_record\",result=\"dropped\"}"), 40);
  EXPECT_EQ(samples.at("gannet_hook_lines_total{hook=\"on_record\",result=\"left_out\"}"), 1);
  EXPECT_EQ(samples.at("gannet_hook_waiting_lines{hook=\"on_record\"}"), 3);
  EXPECT_EQ(samples.at("gannet_hook_running{hook=\"on_record\"}"), 1);
  EXPECT_EQ(samples.at("gannet_hook_running{hook=\"on_job_done\"}"), 0);
  EXPECT_EQ(samples.at("gannet_hook_restarts_total{hook=\"on_job_done\"}"), 5);
  EXPECT_EQ(samples.at("gannet_catalogue_total{what=\"taken\"}"), 1000);
  EXPECT_EQ(samples.at("gannet_catalogue_total{what=\"unchanged\"}"), 30);
  EXPECT_EQ(samples.at("gannet_catalogue_total{what=\"linked\"}"), 200);
  EXPECT_EQ(samples.at("gannet_catalogue_total{what=\"left_out\"}"), 4);
  EXPECT_EQ(samples.at("gannet_connections"), 600);
  EXPECT_EQ(samples.at("gannet_queued_lines"), 9310);
  EXPECT_EQ(samples.at("gannet_retrying_lines"), 17);
  EXPECT_EQ(samples.at("gannet_spilled_lines"), 12);
  EXPECT_EQ(samples.at("gannet_jobs_active"), 2);
  EXPECT_EQ(samples.at("gannet_parked_hosts"), 1);
  EXPECT_EQ(samples.at("gannet_blocked_files"), 1);
  EXPECT_EQ(samples.at("gannet_unwritten_bytes"), 1 << 20);
  EXPECT_DOUBLE_EQ(samples.at("gannet_lane_stall_seconds"), 0.007);
  EXPECT_EQ(samples.at("gannet_uptime_seconds"), 11100);
  EXPECT_EQ(samples.at("gannet_build_info{version=\"" GANNET_VERSION "\"}"), 1);
}

TEST(Metrics, HaveEveryReasonFromTheStart) {
  const auto samples = parse(metrics_text({})).samples;
  for (std::size_t i = 0; i < reason_count; ++i) {
    const auto reason = static_cast<Reason>(i);
    const std::string name = "gannet_records_total{outcome=\"" + std::string(to_string(outcome_of(reason))) +
                             "\",reason=\"" + std::string(to_string(reason)) + "\"}";
    ASSERT_TRUE(samples.contains(name)) << name;
    EXPECT_EQ(samples.at(name), 0);
  }
}

}  // namespace
}  // namespace gannet::report
