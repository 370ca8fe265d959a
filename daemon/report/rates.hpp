// How fast it goes: records and bytes a second over the last 10 and 60 seconds, from totals sampled now and then.
// Plain code, owned by the thread that makes the status; the time is passed in.
#pragma once

#include <cstdint>
#include <deque>

#include "core/snapshot.hpp"
#include "core/time.hpp"

namespace gannet::report {

class RateWindow {
 public:
  /// Call at each status tick, with totals that only grow, the first time when they begin to. While there is less
  /// history than 10 (or 60) seconds, the rate is over what there is; the first call returns zeros.
  Rates feed(TimePoint now, std::uint64_t records, std::uint64_t bytes);

 private:
  struct Sample {
    TimePoint time;
    std::uint64_t records;
    std::uint64_t bytes;
  };

  const Sample& sample_before(TimePoint time) const;

  std::deque<Sample> samples_;  // oldest first, at least half a second apart, so never more than about 120
};

}  // namespace gannet::report
