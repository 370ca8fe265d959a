#include "frontier/host_state.hpp"

#include <algorithm>
#include <bit>

namespace gannet::frontier {
namespace {

constexpr unsigned failed_connects_to_park = 5;
constexpr unsigned unreachable_parks_to_death = 3;
constexpr milliseconds longest_busy_park = 10min;
constexpr milliseconds longest_unreachable_park = 30min;
constexpr seconds shortest_retry_after = 1s;
constexpr seconds longest_retry_after = 6h;
constexpr milliseconds death = 30min;  // then it gets another chance, from lines read later

// A host that is known to let us in, and suddenly refuses most of the last answers, has had enough of us.
constexpr unsigned successes_to_be_known = 20;
constexpr unsigned answers_judged = 20;

}  // namespace

HostState::HostState(const HostPolicy& policy) : limit_(std::min(policy.start, policy.ceiling)) {}

HostState::Memory HostState::memory(TimePoint now) const {
  const auto left = [now](TimePoint until) { return std::chrono::ceil<milliseconds>(until - now); };
  const bool over = penalties_over(now);
  const bool paced = pace_kept_ >= least_pace;
  const auto paced_until = in_flight_ > 0 ? std::max(paced_until_, paced_by_start_) : paced_until_;
  return {limit_,
          over ? 0 : busy_parks_,
          over ? 0 : unreachable_parks_,
          std::max(left(parked_until_), -penalties_last),
          std::max(left(dead_until_), 0ms),
          successes_,
          static_cast<unsigned>(std::popcount(last_answers_)),
          paced ? std::max(left(paced_until), 0ms) : 0ms,
          paced ? std::chrono::ceil<milliseconds>(pace_kept_) : 0ms};
}

void HostState::recall(const Memory& memory, const HostPolicy& policy, TimePoint now) {
  limit_ = std::clamp(memory.limit, 1.0, static_cast<double>(std::max(policy.ceiling, policy.streams)));
  const milliseconds longest = policy.park ? milliseconds{longest_retry_after} : 0ms;
  parked_until_ = now + std::clamp(memory.parked_for, -penalties_last, longest);
  if (policy.park && memory.dead_for > 0ms) dead_until_ = now + std::min(memory.dead_for, death);
  pace_kept_ = std::clamp<milliseconds>(memory.pace, 0ms, longest_retry_after);
  paced_until_ = held_until_ = now + std::clamp<milliseconds>(memory.paced_for, 0ms, longest_retry_after);
  successes_ = std::min(memory.successes, successes_to_be_known);
  last_answers_ = (1u << std::min(memory.refused, answers_judged)) - 1;  // as if they were the latest
  if (penalties_over(now)) return;
  busy_parks_ = memory.busy_parks;
  unreachable_parks_ = std::min(memory.unreachable_parks, unreachable_parks_to_death - 1);
  if (unreachable_parks_ > 0)
    failed_connects_ = failed_connects_to_park - 1;  // as after the parking: one more is enough
}

Rate HostState::rate(const HostPolicy& policy) const {
  const auto delay = policy.obeys_robots ? std::max(policy.delay, crawl_delay_) : policy.delay;
  return {policy.requests_per_second, policy.bytes_per_second, delay};
}

std::optional<TimePoint> HostState::next_start(const HostPolicy& policy) const {
  if (in_flight_ >= most_in_flight(policy)) return std::nullopt;
  return std::max({parked_until_, held_until_, next_by_pace(policy)});
}

// After it was parked one request tells whether it works again, and after the first few of unknown size how large they
// are.
unsigned HostState::most_in_flight(const HostPolicy& policy) const {
  if ((policy.obeys_robots && !knows_robots_) || busy_parks_ + unreachable_parks_ > 0) return 1;
  return pace_.most_in_flight(rate(policy), std::min(limit(), ceiling(policy)));
}

TimePoint HostState::next_by_pace(const HostPolicy& policy) const {
  const auto next = pace_.next_start(rate(policy), in_flight_);
  return policy.rest > 0 ? std::max(next, last_end_ + policy.rest_after(last_took_)) : next;
}

void HostState::started(const HostPolicy& policy, TimePoint now) {
  pace_.started(rate(policy), in_flight_++, now);
  paced_by_start_ = next_by_pace(policy);
  pace_kept_ = std::max<Duration>(paced_by_start_ - now, 0ms);
  if (policy.rest > 0) pace_kept_ = std::max<Duration>(pace_kept_, policy.rest_after(last_took_));
}

HostState::Standing HostState::ended(const HostPolicy& policy, const End& end, TimePoint now) {
  --in_flight_;
  if (!end.asked) {
    pace_.took_back(rate(policy), end.started, in_flight_, now);
    return Standing::in_use;
  }
  age(now);
  pace_.ended(rate(policy), end.received, in_flight_, now);
  last_end_ = now;
  last_took_ = end.took;
  paced_until_ = std::max(paced_until_, next_by_pace(policy));
  pace_kept_ = std::max(pace_kept_, paced_until_ - now);
  switch (end.signal) {
    case Signal::unrelated:
      return Standing::in_use;
    case Signal::worked:
      // What was under way at the park may have been taken in before the host had enough.
      if (end.started >= last_park_) busy_parks_ = 0;
      [[fallthrough]];
    case Signal::refused:
      answered(end.signal == Signal::refused);
      failed_connects_ = unreachable_parks_ = 0;
      if (refuses_most()) break;
      // Another list may ask for more of it.
      limit_ = std::max(limit_, std::min<double>(limit_ + 1 / limit_, ceiling(policy)));
      return Standing::in_use;
    case Signal::unreachable:
      ++failed_connects_;
      [[fallthrough]];
    case Signal::struggling:
    case Signal::overloaded:
      break;
  }
  // Requests that were under way at the last cut or park say nothing new.
  if (end.started >= last_cut_) {
    limit_ = std::max(1.0, limit_ / 2);
    last_cut_ = now;
  }
  if (!policy.park) return Standing::in_use;
  return end.started >= last_park_ ? park_if_due(policy, end, now) : stay_parked(end, now);
}

void HostState::age(TimePoint now) {
  if (busy_parks_ + unreachable_parks_ > 0 && penalties_over(now)) {
    busy_parks_ = unreachable_parks_ = failed_connects_ = 0;
  }
}

void HostState::answered(bool refused) {
  last_answers_ = (last_answers_ << 1 | (refused ? 1 : 0)) & ((1u << answers_judged) - 1);
  if (successes_ == successes_to_be_known) return;
  // One that always refused some, or many, is not known by it, however long it is asked.
  if (!refused) ++successes_;
  if (refused && successes_ > 0) --successes_;
}

bool HostState::refuses_most() const {
  return successes_ == successes_to_be_known && (last_answers_ & 1) != 0 &&
         static_cast<unsigned>(std::popcount(last_answers_)) > answers_judged / 2;
}

HostState::Standing HostState::park_if_due(const HostPolicy& policy, const End& end, TimePoint now) {
  switch (end.signal) {
    case Signal::refused:
    case Signal::overloaded:
      park(policy.park_busy, longest_busy_park, busy_parks_++, end.retry_after, now);
      return Standing::parked;
    case Signal::unreachable:
      if (failed_connects_ < failed_connects_to_park) return Standing::in_use;
      if (unreachable_parks_ + 1 < unreachable_parks_to_death) {
        park(policy.park_unreachable, longest_unreachable_park, unreachable_parks_++, std::nullopt, now);
        return Standing::parked;
      }
      dead_until_ = now + death;
      unreachable_parks_ = failed_connects_ = 0;
      return Standing::dead;
    case Signal::worked:
    case Signal::struggling:
    case Signal::unrelated:
      return Standing::in_use;
  }
  return Standing::in_use;
}

// Answers to what was under way at the park came after it, and may ask for more.
HostState::Standing HostState::stay_parked(const End& end, TimePoint now) {
  const bool parks = end.signal == Signal::overloaded || end.signal == Signal::refused;
  if (!parks || !end.retry_after) return Standing::in_use;
  const TimePoint until = now + std::clamp(*end.retry_after, shortest_retry_after, longest_retry_after);
  if (until <= parked_until_) return Standing::in_use;
  parked_until_ = until;
  return Standing::parked;
}

void HostState::park(milliseconds first, milliseconds most, unsigned times, std::optional<seconds> at_least,
                     TimePoint now) {
  milliseconds room = std::min(most, first * (1 << std::min(times, 16u)));
  if (at_least) room = std::max<milliseconds>(room, std::clamp(*at_least, shortest_retry_after, longest_retry_after));
  parked_until_ = now + room;
  last_park_ = now;
}

}  // namespace gannet::frontier
