#include "report/status.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <limits>

#include "report/snapshots.hpp"

namespace gannet::report {
namespace {

constexpr std::string_view least = R"("time":"2026-11-22T10:15:02.123Z","pid":7,"state":"running")";

Status parsed(const std::string& members) {
  const auto status = parse_status("{" + std::string(least) + members + "}");
  EXPECT_TRUE(status) << members;
  return status ? *status : Status{};
}

TEST(Status, ComesBackAsItWas) {
  const Snapshot before = test::busy_snapshot();
  const auto status = parse_status(status_json(before));
  ASSERT_TRUE(status) << status.error().detail;
  EXPECT_EQ(status->version, GANNET_VERSION);
  EXPECT_EQ(status->pid, ::getpid());
  const Snapshot& after = status->snapshot;
  EXPECT_EQ(after.time, before.time);
  EXPECT_EQ(after.state, before.state);
  EXPECT_EQ(after.uptime, before.uptime);
  EXPECT_EQ(after.in_flight, before.in_flight);
  EXPECT_EQ(after.in_flight_limit, before.in_flight_limit);
  EXPECT_EQ(after.queued, before.queued);
  EXPECT_EQ(after.retrying, before.retrying);
  EXPECT_EQ(after.spilled, before.spilled);
  EXPECT_EQ(after.connections, before.connections);
  EXPECT_EQ(after.unwritten_bytes, before.unwritten_bytes);
  EXPECT_EQ(after.lane_stall, before.lane_stall);
  EXPECT_EQ(after.longest_lane_stall, before.longest_lane_stall);
  EXPECT_DOUBLE_EQ(after.rates.records_10s, before.rates.records_10s);
  EXPECT_DOUBLE_EQ(after.rates.records_60s, before.rates.records_60s);
  EXPECT_DOUBLE_EQ(after.rates.bytes_10s, before.rates.bytes_10s);
  EXPECT_DOUBLE_EQ(after.rates.bytes_60s, before.rates.bytes_60s);
  EXPECT_EQ(after.totals.lines, before.totals.lines);
  EXPECT_EQ(after.totals.bytes, before.totals.bytes);
  EXPECT_EQ(after.totals.by_outcome, before.totals.by_outcome);
  EXPECT_EQ(after.totals.by_reason, before.totals.by_reason);

  ASSERT_EQ(after.jobs.size(), 2u);
  EXPECT_EQ(after.jobs[0].id, before.jobs[0].id);
  EXPECT_EQ(after.jobs[0].priority, Priority::urgent);
  EXPECT_EQ(after.jobs[0].claimed, before.jobs[0].claimed);
  EXPECT_EQ(after.jobs[0].totals.by_reason, before.jobs[0].totals.by_reason);
  EXPECT_EQ(after.jobs[0].lines_read, 75u);
  EXPECT_DOUBLE_EQ(after.jobs[0].read_fraction, 0.75);
  EXPECT_EQ(after.jobs[0].remaining, 42s);
  EXPECT_EQ(after.jobs[1].remaining, std::nullopt);

  ASSERT_TRUE(after.trouble);
  EXPECT_EQ(after.trouble->since, before.trouble->since);
  EXPECT_EQ(after.trouble->why, "no name was resolved for 5 s");
  EXPECT_EQ(after.trouble->next_probe, 4s);
  ASSERT_TRUE(after.logs);
  EXPECT_EQ(after.logs->since, before.logs->since);
  EXPECT_EQ(after.logs->why, "completions.jsonl: No space left on device");
  EXPECT_EQ(after.logs->lost, 12u);
  ASSERT_EQ(after.hooks.size(), 2u);
  EXPECT_EQ(after.hooks[0].name, "on_record");
  EXPECT_TRUE(after.hooks[0].running);
  EXPECT_EQ(after.hooks[0].waiting, 3u);
  EXPECT_EQ(after.hooks[0].acknowledged, 1000u);
  EXPECT_EQ(after.hooks[0].dropped, 40u);
  EXPECT_EQ(after.hooks[0].left_out, 1u);
  EXPECT_EQ(after.hooks[1].restarts, 5u);
  EXPECT_FALSE(after.hooks[1].running);
  EXPECT_EQ(after.hooks[1].why, "exited with 1");
  EXPECT_DOUBLE_EQ(after.jobs[0].rates.records_10s, 12.25);
  EXPECT_DOUBLE_EQ(after.jobs[0].rates.bytes_60s, 8.5e5);
  ASSERT_TRUE(after.disk);
  EXPECT_EQ(after.disk->since, before.disk->since);
  EXPECT_EQ(after.disk->why, "results.jsonl: No space left on device");
  ASSERT_TRUE(after.catalogue);
  EXPECT_EQ(after.catalogue->taken, 1000u);
  EXPECT_EQ(after.catalogue->unchanged, 30u);
  EXPECT_EQ(after.catalogue->linked, 200u);
  EXPECT_EQ(after.catalogue->left_out, 4u);
  ASSERT_EQ(after.parked.size(), 1u);
  EXPECT_EQ(after.parked[0].origin, "https://slow.example");
  EXPECT_EQ(after.parked[0].queued, 1234u);
  EXPECT_EQ(after.parked[0].in_flight, 1u);
  EXPECT_EQ(after.parked[0].limit, 3u);
  EXPECT_EQ(after.parked[0].parked_for, 240s);
  EXPECT_EQ(after.parked[0].why, "429 Too Many Requests");
  EXPECT_EQ(after.parked[0].parks, 2u);
  ASSERT_EQ(after.blocked.size(), 1u);
  EXPECT_EQ(after.blocked[0].path, "inbox/locked.txt");
  EXPECT_EQ(after.blocked[0].why, "Permission denied");
}

TEST(Status, IsOneLineOfValidJsonWhateverNamesThereAre) {
  Snapshot snapshot = test::busy_snapshot();
  snapshot.blocked[0].path = "inbox/\xff\xfe\x1b[2J\n.txt";
  snapshot.rates.records_10s = std::numeric_limits<double>::quiet_NaN();
  snapshot.jobs[0].read_fraction = std::numeric_limits<double>::infinity();
  const std::string json = status_json(snapshot);
  EXPECT_EQ(json.find('\n'), json.size() - 1);
  const auto status = parse_status(json);
  ASSERT_TRUE(status) << json;
  EXPECT_EQ(status->snapshot.blocked[0].path, "inbox/\xef\xbf\xbd\xef\xbf\xbd\x1b[2J\n.txt");
  EXPECT_EQ(status->snapshot.rates.records_10s, 0);
}

TEST(Status, TellsOfTroubleOnlyWhileThereIsSome) {
  Snapshot snapshot = test::busy_snapshot();
  snapshot.trouble.reset();
  snapshot.disk.reset();
  const std::string json = status_json(snapshot);
  EXPECT_EQ(json.find("trouble"), std::string::npos);
  EXPECT_EQ(json.find("disk"), std::string::npos);
  EXPECT_FALSE(parse_status(json)->snapshot.trouble);
}

TEST(Status, RefusesWhatIsNone) {
  for (const std::string text :
       {"", "{", "null", "[]", "{}", "42", "\xff", R"({"time":"2026-11-22T10:15:02.123Z","pid":7})",
        R"({"time":"yesterday","pid":7,"state":"running"})",
        R"({"time":"2026-11-22T10:15:02.123Z","pid":7,"state":"\u001b[31mrunning"})"}) {
    const auto status = parse_status(text);
    ASSERT_FALSE(status) << text;
    EXPECT_EQ(status.error().reason, Reason::disk_error);
  }
  EXPECT_FALSE(parse_status(std::string(100'000, '[')));
}

TEST(Status, RefusesProcessNumbersThatMeanMoreThanOneProcess) {
  for (const std::string pid : {"0", "-1", "-7", "1.5", "\"7\"", "4294967295", "18446744073709551615", "1e300"}) {
    EXPECT_FALSE(parse_status(R"({"time":"2026-11-22T10:15:02.123Z","state":"running","pid":)" + pid + "}")) << pid;
  }
}

TEST(Status, ReadsNonsenseAsNothing) {
  const auto status = parsed(R"(,"uptime_seconds":-5,"in_flight":"many","queued":-1,"totals":[],"rates":7,
    "jobs":[1,null,{"id":[],"read_fraction":1e300,"priority":"royal","remaining_seconds":1e308,
                    "totals":{"outcomes":{"ok":-3,"great":9},"reasons":{"":4,"boredom":1,"reset":2}}}],
    "trouble":{"since":"soon","why":7,"next_probe_seconds":-1},"parked_hosts":{"origin":"x"},"blocked_files":[[]])");
  const Snapshot& snapshot = status.snapshot;
  EXPECT_EQ(snapshot.uptime, 0s);
  EXPECT_EQ(snapshot.in_flight, 0u);
  EXPECT_EQ(snapshot.queued, 0u);
  ASSERT_TRUE(snapshot.trouble);
  EXPECT_EQ(snapshot.trouble->why, "");
  EXPECT_EQ(snapshot.trouble->next_probe, 0s);
  ASSERT_EQ(snapshot.jobs.size(), 1u);
  const JobStatus& job = snapshot.jobs[0];
  EXPECT_EQ(job.id, "");
  EXPECT_EQ(job.priority, Priority::normal);
  EXPECT_EQ(job.read_fraction, 1);
  EXPECT_EQ(job.totals.of(Outcome::ok), 0u);
  EXPECT_EQ(job.totals.of(Reason::reset), 2u);
  EXPECT_TRUE(snapshot.parked.empty());
  EXPECT_TRUE(snapshot.blocked.empty());
}

TEST(Status, KeepsNumbersSafeToCalculateWith) {
  const auto status = parsed(R"(,"uptime_seconds":18446744073709551615,"rates":{"records_10s":-1e308,"bytes_10s":1e308},
    "parked_hosts":[{"in_flight":18446744073709551615}])");
  EXPECT_GT(status.snapshot.time + status.snapshot.uptime, status.snapshot.time);
  EXPECT_EQ(status.snapshot.rates.records_10s, 0);
  EXPECT_LE(status.snapshot.rates.bytes_10s, 1e18);
  EXPECT_EQ(status.snapshot.parked.at(0).in_flight, std::numeric_limits<unsigned>::max());
}

TEST(Status, NamesItsMembersAsDocumented) {
  const auto document = boost::json::parse(status_json(test::busy_snapshot())).as_object();
  for (const auto* name :
       {"time", "version", "pid", "state", "uptime_seconds", "in_flight", "queued", "retrying", "spilled",
        "connections", "unwritten_bytes", "rates", "totals", "jobs", "parked_hosts", "blocked_files"}) {
    EXPECT_TRUE(document.contains(name)) << name;
  }
  EXPECT_EQ(boost::json::serialize(document.at("totals")),
            R"({"lines":100,"bytes":90000,"outcomes":{"ok":90,"failed":9,"skipped":0,"invalid":1},)"
            R"("reasons":{"bad_url":1,"http_status":9}})");
}

}  // namespace
}  // namespace gannet::report
