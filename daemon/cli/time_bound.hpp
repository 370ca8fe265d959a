// How long a host's lines take at least under its limits, were nothing else in the way. Plain functions of numbers.
#pragma once

#include <string>

#include "core/host_policy.hpp"
#include "core/time.hpp"

namespace gannet::cli {

/// What nobody can know before asking, and what is taken for it.
struct Assumptions {
  milliseconds latency{100};  // an answer, from the request to its last byte
  ByteCount size = 50'000;    // a picture
};

/// What one more line costs a host in time: the most of what its limits ask for.
struct LineCost {
  double seconds = 0;
  double first = 0;  // of that, what the first line need not wait for
  std::string why;   // the limit that decides: "20 requests/s"
  friend bool operator==(const LineCost&, const LineCost&) = default;
};

/// `multiplexed`: many requests may share a connection there.
LineCost line_cost(const HostPolicy& policy, bool multiplexed, const Assumptions& assumptions);

/// The seconds for lines that together cost `sum`; `cost` is that of one of them. Never less than one answer.
double at_least(double sum, const LineCost& cost, const Assumptions& assumptions);

}  // namespace gannet::cli
