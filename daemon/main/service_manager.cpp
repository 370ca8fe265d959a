#include "main/service_manager.hpp"

#include <systemd/sd-daemon.h>

#include <algorithm>

#include "core/text.hpp"
#include "report/human.hpp"

namespace gannet {
namespace {

std::string counted(std::uint64_t count, const char* what) {
  return human_count(count) + ' ' + what + (count == 1 ? "" : "s");
}

std::string rates(const Rates& rates) {
  return human_count(report::whole(rates.records_10s)) + " lines/s, " + human_bytes(report::whole(rates.bytes_10s)) +
         "/s";
}

std::string outcomes(const Totals& totals) {
  std::string text = counted(totals.lines, "line") + " since the start: " + human_count(totals.of(Outcome::ok)) + " ok";
  for (const auto& [outcome, word] : {std::pair{Outcome::failed, " failed"}, std::pair{Outcome::skipped, " skipped"},
                                      std::pair{Outcome::invalid, " invalid"}}) {
    if (totals.of(outcome) > 0) text += ", " + human_count(totals.of(outcome)) + word;
  }
  return text;
}

}  // namespace

std::string service_status(const Snapshot& snapshot) {
  std::string text;
  if (snapshot.state == "stopped") {
    text = "Stopped";
  } else if (snapshot.state == "draining") {
    text = "Stopping: " + counted(snapshot.in_flight, "request") + " still in flight";
  } else if (snapshot.disk) {
    text = "Waiting for the disk: " + report::printable(snapshot.disk->why);
  } else if (snapshot.trouble) {
    text = "Waiting for the network: " + report::printable(snapshot.trouble->why);
  } else if (snapshot.jobs.empty()) {
    text = "Watching the inbox";
  } else {
    text = "Fetching " + counted(snapshot.jobs.size(), "list") + ": " + counted(snapshot.in_flight, "request") +
           " in flight, " + rates(snapshot.rates);
  }
  return text + "; " + outcomes(snapshot.totals);
}

ServiceManager::ServiceManager() {
  std::uint64_t microseconds = 0;
  if (sd_watchdog_enabled(0, &microseconds) > 0) watchdog_ = milliseconds{microseconds / 1000};
}

milliseconds ServiceManager::status_interval(milliseconds asked_for) const {
  return watchdog_ > 0ms ? std::min(asked_for, watchdog_ / 2) : asked_for;
}

void ServiceManager::starting() {
  if (watchdog_ == 0ms) return;
  constexpr std::chrono::microseconds most = 10min;  // as TimeoutStartSec= of the unit
  sd_notify(0, ("STATUS=Starting\nWATCHDOG=1\nWATCHDOG_USEC=" + std::to_string(most.count())).c_str());
}

void ServiceManager::ready() {
  std::string text = "READY=1";
  if (watchdog_ > 0ms) text += "\nWATCHDOG_USEC=" + std::to_string(std::chrono::microseconds(watchdog_).count());
  sd_notify(0, text.c_str());
}

void ServiceManager::reloading() {
  const auto now = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now().time_since_epoch());
  sd_notify(0, ("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(now.count())).c_str());
}

void ServiceManager::stopping(milliseconds patience) {
  constexpr seconds to_end{15};  // what was fetched is written, and what is under way put away
  const std::chrono::microseconds most = patience + to_end;
  sd_notify(0, ("STOPPING=1\nEXTEND_TIMEOUT_USEC=" + std::to_string(most.count())).c_str());
}

void ServiceManager::tell(const Snapshot& snapshot) {
  const bool alive = watchdog_ == 0ms || snapshot.lane_stall < watchdog_ / 2;
  if (alive) sd_notify(0, "WATCHDOG=1");
  auto status = service_status(snapshot);
  if (!alive) status = "A thread that fetches is stuck, to be killed if it stays so; " + status;
  if (status == told_) return;
  sd_notify(0, ("STATUS=" + status).c_str());
  told_ = std::move(status);
}

}  // namespace gannet
