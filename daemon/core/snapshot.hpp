// The state of the daemon at one moment, as values: what status.json, metrics.prom and the progress line are made from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/job.hpp"
#include "core/time.hpp"
#include "core/totals.hpp"

namespace gannet {

/// Records and bytes a second, over the last 10 and 60 seconds.
struct Rates {
  double records_10s = 0;
  double records_60s = 0;
  double bytes_10s = 0;
  double bytes_60s = 0;
};

struct JobStatus {
  std::string id;
  Priority priority = Priority::normal;
  WallTime claimed{};
  Totals totals;
  std::uint64_t lines_read = 0;  // rows read from the list so far, this run and earlier ones
  double read_fraction = 0;      // how much of the list that is, 0 to 1
  Rates rates{};
  std::optional<seconds> remaining;  // an estimate, once there is something to judge by
};

struct HostStatus {
  std::string origin;
  std::uint64_t queued = 0;
  unsigned in_flight = 0;
  unsigned limit = 0;     // requests in flight it may have now
  seconds parked_for{0};  // until it is asked again
  std::string why;        // it is parked
  unsigned parks = 0;     // since it last worked, this one included: with each the next is longer
};

/// Names or connections fail everywhere, so nothing is started but a probe now and then.
struct TroubleStatus {
  WallTime since{};
  std::string why;
  seconds next_probe{0};  // until then
};

/// The disk takes nothing, so nothing is fetched.
struct DiskStatus {
  WallTime since{};
  std::string why;
};

/// A log file takes nothing.
struct LogStatus {
  WallTime since{};
  std::string why;
  std::uint64_t lost = 0;  // lines
};

/// A program that is told of records or jobs.
struct HookStatus {
  std::string name;
  bool running = false;
  std::uint64_t waiting = 0;       // lines that it did not acknowledge yet
  std::uint64_t acknowledged = 0;  // since the start, as all below
  std::uint64_t dropped = 0;       // for lack of room
  std::uint64_t left_out = 0;      // because it died of them
  std::uint64_t restarts = 0;
  std::string why;  // it ended last
};

/// What the catalogue has done since the start.
struct CatalogueStatus {
  std::uint64_t taken = 0;      // lines that got an earlier result without being fetched
  std::uint64_t unchanged = 0;  // of which the server said that it has not changed
  std::uint64_t linked = 0;     // images that share their bytes with an earlier one
  std::uint64_t left_out = 0;   // images that were not written down in it
};

/// The decode workers, since the start.
struct DecodeStatus {
  unsigned workers = 0;             // that are there
  unsigned busy = 0;                // of these
  std::uint64_t waiting = 0;        // images that wait for one
  std::uint64_t waiting_bytes = 0;  // and those that are being decoded
  std::uint64_t decoded = 0;        // images that a worker gave a verdict of
  std::uint64_t died = 0;           // workers that died of an image, or were ended because they were late or lied
};

struct BlockedFile {
  std::string path;
  std::string why;
};

struct Snapshot {
  WallTime time{};
  std::string state;  // "running", "draining" or "stopped"
  seconds uptime{0};
  std::uint64_t in_flight = 0;        // requests
  std::uint64_t in_flight_limit = 0;  // as many may be at present
  std::uint64_t queued = 0;           // lines read and waiting for their turn
  std::uint64_t retrying = 0;         // of these, waiting for another attempt
  std::uint64_t spilled = 0;          // of these, on disk, because memory has no room
  std::uint64_t connections = 0;
  std::uint64_t waiting_lists = 0;     // in the inbox, until others end
  std::uint64_t unwritten_bytes = 0;   // fetched and waiting for the disk
  milliseconds lane_stall{0};          // the longest time that one thing kept a lane from all others, since the last
  milliseconds longest_lane_stall{0};  // snapshot and since the start
  Rates rates;
  Totals totals;  // since the start of the process
  std::vector<JobStatus> jobs;
  std::optional<TroubleStatus> trouble;  // our own, not a host's
  std::optional<DiskStatus> disk;
  std::optional<LogStatus> logs;
  std::optional<CatalogueStatus> catalogue;
  std::optional<DecodeStatus> decode;
  std::vector<HookStatus> hooks;
  std::vector<HostStatus> parked;  // hosts that are not asked at the moment
  std::vector<BlockedFile> blocked;
};

}  // namespace gannet
