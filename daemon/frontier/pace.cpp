#include "frontier/pace.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace gannet::frontier {
namespace {

using Seconds = std::chrono::duration<double>;

constexpr float weight_of_last = 0.125;
constexpr Duration most_slack = 10ms;
constexpr Seconds longest_wait{30 * 24 * 3600.0};  // so that no arithmetic overflows

Duration interval(double per_second) {
  return per_second > 0 ? std::chrono::ceil<Duration>(std::min(Seconds(1 / per_second), longest_wait)) : Duration{0};
}

// By how much a start may be late for the next one not to wait longer for it. Of N a second at most N + 1 may start in
// any second: that is what it leaves room for.
Duration slack(double per_second) {
  const Seconds room = Seconds((std::floor(per_second) + 1) / per_second) - Seconds(1);
  return std::chrono::floor<Duration>(std::min<Seconds>(room * 0.9, most_slack));
}

}  // namespace

TimePoint Pace::next_start(const Rate& rate, std::uint64_t in_flight) const {
  const auto after_last = std::max<Duration>(interval(rate.requests_per_second), rate.delay);
  const auto start = last_start_ + after_last;
  if (rate.bytes_per_second == 0) return start;
  const double bytes = owed_ + static_cast<double>(in_flight) * mean_;
  const Seconds wait =
      std::clamp(Seconds(bytes / static_cast<double>(rate.bytes_per_second)), Seconds(0), longest_wait);
  return std::max(start, settled_ + std::chrono::ceil<Duration>(wait));
}

void Pace::started(const Rate& rate, std::uint64_t in_flight, TimePoint now) {
  const auto due = last_start_ + interval(rate.requests_per_second);
  const bool a_little_late = rate.requests_per_second > 0 && last_start_ + rate.delay <= due && due <= now &&
                             due + slack(rate.requests_per_second) >= now;
  start_before_ = std::exchange(last_start_, a_little_late ? due : now);
  settle(rate.bytes_per_second, in_flight, now);
}

void Pace::ended(const Rate& rate, ByteCount bytes, std::uint64_t in_flight, TimePoint now) {
  const auto size = static_cast<float>(bytes);
  if (std::exchange(has_sizes_, true)) {
    mean_ += weight_of_last * (size - mean_);
  } else {
    mean_ = std::max(mean_, size);
  }
  if (rate.bytes_per_second > 0) owed_ += static_cast<double>(bytes);
  settle(rate.bytes_per_second, in_flight, now);
}

void Pace::took_back(const Rate& rate, TimePoint start, std::uint64_t in_flight, TimePoint now) {
  if (start >= last_start_ && start <= last_start_ + most_slack) last_start_ = start_before_;
  settle(rate.bytes_per_second, in_flight, now);
}

void Pace::settle(ByteCount per_second, std::uint64_t in_flight, TimePoint now) {
  if (per_second == 0) return;
  const Seconds passed = settled_ == TimePoint::min() ? longest_wait : now - settled_;
  const double least = -static_cast<double>(in_flight) * mean_;
  owed_ = std::max(owed_ - static_cast<double>(per_second) * passed.count(), least);
  settled_ = now;
}

}  // namespace gannet::frontier
