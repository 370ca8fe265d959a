// `gannet status`: shows what the daemon last wrote into status.json, or of a job that has ended its summary.json. Runs
// on the main thread of the program; needs no connection to the daemon, and does not trust the file.
#pragma once

#include "cli/status_view.hpp"
#include "core/settings.hpp"
#include "core/time.hpp"
#include "report/status.hpp"

namespace gannet::cli {

struct StatusOptions {
  Settings settings;     // where the logs and the jobs are, and how often the status is written
  bool follow = false;   // until SIGINT, SIGTERM or the end of the job: drawn again on a terminal, else appended
  bool json = false;     // the file as it is, or its part about the job, instead of a page for people
  std::string job = {};  // this one alone, as find_jobs() knows it
};

/// Prints to stdout and returns the exit code: 0 also when the daemon is not running, 1 when there is no status to
/// read, no such job, or nobody to read it.
int status(const StatusOptions& options);

/// Whether the daemon that wrote the status still works: its process is there, and it has written lately.
Life life_of(const report::Status& status, WallTime now, milliseconds interval);

}  // namespace gannet::cli
