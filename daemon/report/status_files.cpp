#include "report/status_files.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "core/atomic_file.hpp"
#include "core/listen_address.hpp"
#include "report/metrics.hpp"
#include "report/status.hpp"

namespace gannet::report {

StatusFiles::StatusFiles(const ReportSettings& settings) : folder_(settings.logs) { listen(settings.metrics_listen); }

void StatusFiles::listen(const std::string& where) {
  if (std::exchange(where_, where) == where) return;
  const auto address = parse_listen_address(where);
  metrics_.reset();  // first: the address may be the same
  if (address) metrics_ = std::make_unique<MetricsServer>(*address);
}

void StatusFiles::tell(Snapshot& snapshot) {
  const auto now = Clock::now();
  snapshot.time = wall_now();
  snapshot.uptime = std::chrono::floor<seconds>(now - started_);
  snapshot.longest_lane_stall = longest_lane_stall_ = std::max(longest_lane_stall_, snapshot.lane_stall);
  rate(snapshot, now);
  const auto metrics = metrics_text(snapshot);
  if (metrics_) metrics_->show(metrics);
  write("status.json", status_json(snapshot));
  write("metrics.prom", metrics);
}

void StatusFiles::rate(Snapshot& snapshot, TimePoint now) {
  snapshot.rates = rates_.feed(now, snapshot.totals.lines, snapshot.totals.bytes);
  std::map<std::string, RateWindow> rates;
  for (JobStatus& job : snapshot.jobs) {
    auto& window = rates[job.id] = std::move(job_rates_[job.id]);
    job.rates = window.feed(now, job.totals.lines, job.totals.bytes);
  }
  job_rates_ = std::move(rates);  // without those that have ended
}

void StatusFiles::write(std::string_view name, std::string_view text) {
  const auto written = replace_file(folder_ / name, text);
  const auto fault = written ? std::string() : written.error().detail;
  if (std::exchange(untold_[name], fault) != fault && !written)
    spdlog::warn("{}; what it says is old until that passes", fault);
}

}  // namespace gannet::report
