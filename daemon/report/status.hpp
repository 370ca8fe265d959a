// status.json, written by the daemon and read by `gannet status`: a snapshot, and who made it. Pure functions; any
// thread. The file is written with replace_file().
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "core/snapshot.hpp"

namespace gannet::report {

struct Status {
  std::string version;
  pid_t pid = 0;  // at least 1 once parsed
  Snapshot snapshot;
};

/// One JSON document on one line, newline included; version and pid are this process's. Always valid JSON and UTF-8,
/// whatever bytes the names in the snapshot have.
std::string status_json(const Snapshot& snapshot);

/// One of its jobs alone, likewise.
std::string job_json(const JobStatus& job);

/// Reads what status_json wrote, trusting nothing: without a time, a pid and a known state it is a `disk_error`; any
/// other member that is missing or makes no sense reads as its default.
Result<Status> parse_status(std::string_view text);

}  // namespace gannet::report
