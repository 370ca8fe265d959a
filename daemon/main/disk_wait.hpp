// What is between two lives of the engine when the disk failed, or takes nothing at the start: a daemon that waits, and
// says so. Main thread, while no stage is up.
#pragma once

#include <optional>
#include <string>

#include "core/settings.hpp"
#include "core/time.hpp"
#include "main/stop_signals.hpp"

namespace gannet {

/// Why nothing can be written at present under the root or beside the logs: full, read-only or I/O errors. Nothing when
/// it can, or when the reason is another, which does not pass by itself. Leaves nothing behind.
std::optional<std::string> disk_trouble(const Settings& settings);

class DiskWait {
 public:
  /// Until the disk takes files again, and a second at least: longer each time, up to 5 minutes, when it does not go
  /// well for 10 minutes in between. Tells log, status and service manager. False: SIGTERM or SIGINT came.
  bool wait(const Settings& settings, const std::string& why, StopSignals& stop);

 private:
  seconds pause_{0};
  TimePoint ended_{};
};

}  // namespace gannet
