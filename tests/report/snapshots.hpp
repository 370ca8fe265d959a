// A snapshot with something in every field, for tests of what is made from snapshots.
#pragma once

#include "core/snapshot.hpp"

namespace gannet::test {

inline Totals totals_of(std::uint64_t ok, std::uint64_t not_found, std::uint64_t bad_urls) {
  Totals totals;
  Record record;
  record.bytes = 1000;
  record.attempts = 1;
  for (std::uint64_t i = 0; i < ok; ++i) totals.add(record);
  record.outcome = Outcome::failed;
  record.reason = Reason::http_status;
  for (std::uint64_t i = 0; i < not_found; ++i) totals.add(record);
  record.outcome = Outcome::invalid;
  record.reason = Reason::bad_url;
  for (std::uint64_t i = 0; i < bad_urls; ++i) totals.add(record);
  return totals;
}

inline Snapshot busy_snapshot() {
  Snapshot snapshot;
  snapshot.time = *parse_rfc3339("2026-11-22T10:15:02.123Z");
  snapshot.state = "running";
  snapshot.uptime = 3h + 5min;
  snapshot.in_flight = 512;
  snapshot.in_flight_limit = 1024;
  snapshot.queued = 9310;
  snapshot.retrying = 17;
  snapshot.spilled = 12;
  snapshot.connections = 600;
  snapshot.unwritten_bytes = 1 << 20;
  snapshot.lane_stall = 7ms;
  snapshot.longest_lane_stall = 31ms;
  snapshot.rates = {4210.5, 4100, 61.2e6, 60e6};
  snapshot.totals = totals_of(90, 9, 1);
  JobStatus job;
  job.id = "20261122T101502-1-cats";
  job.priority = Priority::urgent;
  job.claimed = *parse_rfc3339("2026-11-22T10:15:02.000Z");
  job.totals = totals_of(40, 9, 1);
  job.lines_read = 75;
  job.read_fraction = 0.75;
  job.rates = {12.25, 11, 9e5, 8.5e5};
  job.remaining = 42s;
  snapshot.jobs = {job, {}};
  snapshot.jobs[1].id = "20261122T101502-2-dogs";
  snapshot.catalogue = {1000, 30, 200, 4};
  snapshot.decode = {2, 1, 17, 850'000, 4711, 3};
  snapshot.disk = {*parse_rfc3339("2026-11-22T10:14:55.250Z"), "results.jsonl: No space left on device"};
  snapshot.logs = {*parse_rfc3339("2026-11-22T10:14:56.000Z"), "completions.jsonl: No space left on device", 12};
  snapshot.hooks = {{"on_record", true, 3, 1000, 40, 1, 2, ""}, {"on_job_done", false, 1, 0, 0, 0, 5, "exited with 1"}};
  snapshot.trouble = {*parse_rfc3339("2026-11-22T10:14:50.500Z"), "no name was resolved for 5 s", 4s};
  snapshot.parked = {{"https://slow.example", 1234, 1, 3, 240s, "429 Too Many Requests", 2}};
  snapshot.blocked = {{"inbox/locked.txt", "Permission denied"}};
  return snapshot;
}

}  // namespace gannet::test
