// What the service manager (systemd) hears of us: ready, reloading, stopping, how it goes, and that we are alive. Where
// none listens (no NOTIFY_SOCKET) nothing is said. Main thread only; the functions are plain.
#pragma once

#include <string>

#include "core/snapshot.hpp"

namespace gannet {

class ServiceManager {
 public:
  ServiceManager();

  /// The time between two statuses: what was asked for, or less, since each of them feeds the watchdog, which wants
  /// that twice in its time.
  milliseconds status_interval(milliseconds asked_for) const;

  /// Begins anew after it was ready, which may take long: the watchdog waits, until ready() is said again.
  void starting();
  void ready();
  void reloading();                      // until ready() is said again
  void stopping(milliseconds patience);  // for so long, and a little more

  /// Tells how it goes, and feeds the watchdog unless one thing has kept a lane from all others for half of its time:
  /// then we are to be killed and started again if it goes on.
  void tell(const Snapshot& snapshot);

 private:
  milliseconds watchdog_{0};  // 0: there is none
  std::string told_;
};

/// One line for `systemctl status`: lists, requests, rates, outcomes, or what it waits for.
std::string service_status(const Snapshot& snapshot);

}  // namespace gannet
