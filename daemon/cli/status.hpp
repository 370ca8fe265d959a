// `gannet status`: shows what the daemon last wrote into status.json. Runs on the main thread of the program; needs no
// connection to the daemon, and does not trust the file.
#pragma once

#include "cli/status_view.hpp"
#include "core/settings.hpp"
#include "core/time.hpp"
#include "report/status.hpp"

namespace gannet::cli {

struct StatusOptions {
  Settings settings;    // where the logs are, and how often the status is written
  bool follow = false;  // until SIGINT or SIGTERM: drawn again on a terminal, else appended whenever it changed
  bool json = false;    // the file as it is instead of a page for people
};

/// Prints to stdout and returns the exit code: 0 also when the daemon is not running, 1 when there is no status to
/// read or nobody to read it.
int status(const StatusOptions& options);

/// Whether the daemon that wrote the status still works: its process is there, and it has written lately.
Life life_of(const report::Status& status, WallTime now, milliseconds interval);

}  // namespace gannet::cli
