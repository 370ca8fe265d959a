#include "frontier/host_state.hpp"

#include <algorithm>

namespace gannet::frontier {
namespace {

constexpr unsigned failed_connects_to_park = 5;
constexpr unsigned unreachable_parks_to_death = 3;
constexpr milliseconds longest_busy_park = 10min;
constexpr milliseconds longest_unreachable_park = 30min;
constexpr seconds shortest_retry_after = 1s;
constexpr seconds longest_retry_after = 6h;
constexpr milliseconds death = 30min;  // then it gets another chance, from lines read later

// The time between two starts. A pace of N a second then lets at most N + 1 requests start in any second.
Duration interval(const HostPolicy& policy) {
  Duration pace{0};
  if (policy.requests_per_second > 0) {
    pace = std::chrono::ceil<Duration>(std::chrono::duration<double>(1 / policy.requests_per_second));
  }
  return std::max<Duration>(pace, policy.delay);
}

}  // namespace

HostState::HostState(const HostPolicy& policy) : limit_(std::min(policy.start, policy.ceiling)) {}

std::optional<TimePoint> HostState::next_start(const HostPolicy& policy) const {
  if (in_flight_ >= std::min(limit(), ceiling(policy))) return std::nullopt;
  return std::max(parked_until_, last_start_ + interval(policy));
}

void HostState::started(TimePoint now) {
  ++in_flight_;
  last_start_ = now;
}

HostState::Standing HostState::ended(const HostPolicy& policy, Signal signal, std::optional<seconds> retry_after,
                                     TimePoint attempt_started, TimePoint now) {
  --in_flight_;
  if (signal == Signal::unrelated) return Standing::in_use;
  if (signal == Signal::worked) {
    // Another list may ask for more of it.
    limit_ = std::max(limit_, std::min<double>(limit_ + 1 / limit_, ceiling(policy)));
    failed_connects_ = busy_parks_ = unreachable_parks_ = 0;
    return Standing::in_use;
  }

  // Requests that were under way at the last cut or park say nothing new.
  if (attempt_started >= last_cut_) {
    limit_ = std::max(1.0, limit_ / 2);
    last_cut_ = now;
  }
  if (signal == Signal::unreachable) ++failed_connects_;
  if (!policy.park || attempt_started < last_park_) return Standing::in_use;
  if (signal == Signal::overloaded) {
    park(policy.park_busy, longest_busy_park, busy_parks_++, retry_after, now);
    return Standing::parked;
  }
  if (signal == Signal::unreachable && failed_connects_ >= failed_connects_to_park) {
    if (unreachable_parks_ + 1 >= unreachable_parks_to_death) {
      dead_until_ = now + death;
      unreachable_parks_ = failed_connects_ = 0;
      return Standing::dead;
    }
    park(policy.park_unreachable, longest_unreachable_park, unreachable_parks_++, std::nullopt, now);
    return Standing::parked;
  }
  return Standing::in_use;
}

void HostState::park(milliseconds first, milliseconds most, unsigned times, std::optional<seconds> at_least,
                     TimePoint now) {
  milliseconds room = std::min(most, first * (1 << std::min(times, 16u)));
  if (at_least) room = std::max<milliseconds>(room, std::clamp(*at_least, shortest_retry_after, longest_retry_after));
  parked_until_ = now + room;
  last_park_ = now;
}

}  // namespace gannet::frontier
