// How fast requests may follow each other: at most so many a second, and so many bytes. For one host, or for all of
// them together. Plain code without clock; `now` never goes backwards.
//
// Bytes are known only once they are there. So each request in flight counts as the mean of those before it, and what
// was received beyond that is a debt that later starts wait for. Over a few images the rate is kept; a single one may
// come as fast as it likes. A pause earns nothing.
#pragma once

#include <algorithm>

#include "core/host_policy.hpp"
#include "core/time.hpp"

namespace gannet::frontier {

struct Rate {
  double requests_per_second = 0;  // 0: unlimited
  ByteCount bytes_per_second = 0;  // likewise
  milliseconds delay{0};           // the least time between two starts
};

class Pace {
 public:
  /// When the next request may start at this rate, which need not be that of those before; `in_flight` are under way.
  TimePoint next_start(const Rate& rate, std::uint64_t in_flight) const;

  /// One more starts now, beside `in_flight` others.
  void started(const Rate& rate, std::uint64_t in_flight, TimePoint now);

  /// One has ended, and brought so many bytes; `in_flight` others are still under way.
  void ended(const Rate& rate, ByteCount bytes, std::uint64_t in_flight, TimePoint now);

  /// How many of at most so many may be in flight: few under a rate of bytes until one has ended, so that there is
  /// something to judge by.
  unsigned most_in_flight(const Rate& rate, unsigned most) const {
    return rate.bytes_per_second > 0 && !has_sizes_ ? std::min(most, most_of_unknown_size) : most;
  }
  static constexpr unsigned most_of_unknown_size = 2;

  /// One that started at `start` has ended without a request: as if it had not started, if none has since.
  void took_back(const Rate& rate, TimePoint start, std::uint64_t in_flight, TimePoint now);

 private:
  void settle(ByteCount per_second, std::uint64_t in_flight, TimePoint now);

  TimePoint last_start_ = TimePoint::min();  // or when it was due, if it came late by little
  TimePoint start_before_ = TimePoint::min();
  double owed_ = 0;  // bytes, at the time `settled_`; less than 0: paid ahead for those in flight
  TimePoint settled_ = TimePoint::min();
  float mean_ = 32 << 10;  // bytes of a request
  bool has_sizes_ = false;
};

}  // namespace gannet::frontier
