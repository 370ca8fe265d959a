// status.json, metrics.prom and the answers of /metrics, all of one snapshot, so that they say the same. Adds what only
// comes of looking again and again: rates, and the longest time that a lane stood still. Owned by the engine; main
// thread only.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "report/metrics_server.hpp"
#include "report/rates.hpp"

namespace gannet::report {

class StatusFiles {
 public:
  /// Of a process that has just started.
  explicit StatusFiles(const ReportSettings& settings);

  /// Where /metrics is asked for from now on, as `metrics.listen` has it.
  void listen(const std::string& where);

  /// Fills in times and rates, and replaces the files. One that cannot be written is told in the log, once.
  void tell(Snapshot& snapshot);

 private:
  void rate(Snapshot& snapshot, TimePoint now);
  void write(std::string_view name, std::string_view text);

  const std::filesystem::path folder_;
  const TimePoint started_ = Clock::now();
  std::string where_;
  std::unique_ptr<MetricsServer> metrics_;  // or null
  RateWindow rates_;
  std::map<std::string, RateWindow> job_rates_;  // by id, of the jobs that are worked on
  milliseconds longest_lane_stall_{0};
  std::map<std::string_view, std::string> untold_;  // files that could not be written, and why
};

}  // namespace gannet::report
