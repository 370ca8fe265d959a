// How many retries may be in flight, so that failures do not crowd out what was never tried; and the hosts that have
// nothing else and wait for one of them to end. Plain code; owned and called by the dispatcher's thread.
#pragma once

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <utility>

#include "core/fetch_task.hpp"

namespace gannet::frontier {

class RetryBudget {
 public:
  /// A fifth of what may be in flight.
  bool allows(unsigned connections) const { return in_flight_ < std::max(1u, connections / 5); }

  void started() { ++in_flight_; }
  void ended() { --in_flight_; }

  /// A host has nothing but retries of this job.
  void wait(JobNumber job, OriginId host) { waiting_[job].push_back(host); }

  /// Who has waited longest, of each job in turn: a list with many failures does not keep others from theirs.
  std::optional<std::pair<JobNumber, OriginId>> let_in() {
    if (waiting_.empty()) return std::nullopt;
    auto turn = waiting_.upper_bound(last_);
    if (turn == waiting_.end()) turn = waiting_.begin();
    last_ = turn->first;
    const OriginId host = turn->second.front();
    turn->second.pop_front();
    if (turn->second.empty()) waiting_.erase(turn);
    return std::pair(last_, host);
  }

  /// Nobody of this job waits any more. Returns who did.
  std::deque<OriginId> close(JobNumber job) {
    auto closed = waiting_.extract(job);
    return closed ? std::move(closed.mapped()) : std::deque<OriginId>();
  }

 private:
  std::uint64_t in_flight_ = 0;
  std::map<JobNumber, std::deque<OriginId>> waiting_;  // none of them empty
  JobNumber last_ = 0;                                 // whose turn it was
};

}  // namespace gannet::frontier
