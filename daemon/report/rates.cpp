#include "report/rates.hpp"

#include <algorithm>

namespace gannet::report {
namespace {

double per_second(std::uint64_t then, std::uint64_t now, Duration elapsed) {
  if (elapsed <= Duration::zero()) return 0;
  return static_cast<double>(now - then) / std::chrono::duration<double>(elapsed).count();
}

}  // namespace

// The newest sample that is at least as old, or the oldest there is.
const RateWindow::Sample& RateWindow::sample_before(TimePoint time) const {
  const auto newer = std::ranges::upper_bound(samples_, time, {}, &Sample::time);
  return newer == samples_.begin() ? samples_.front() : *std::prev(newer);
}

Rates RateWindow::feed(TimePoint now, std::uint64_t records, std::uint64_t bytes) {
  if (samples_.empty() || now - samples_.back().time >= 500ms) samples_.push_back({now, records, bytes});
  while (samples_.size() > 1 && samples_[1].time <= now - 60s) samples_.pop_front();

  const Sample& recent = sample_before(now - 10s);
  const Sample& older = sample_before(now - 60s);
  return {.records_10s = per_second(recent.records, records, now - recent.time),
          .records_60s = per_second(older.records, records, now - older.time),
          .bytes_10s = per_second(recent.bytes, bytes, now - recent.time),
          .bytes_60s = per_second(older.bytes, bytes, now - older.time)};
}

}  // namespace gannet::report
