#include "cli/time_bound.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "report/human.hpp"

namespace gannet::cli {
namespace {

double in_seconds(milliseconds time) { return std::chrono::duration<double>(time).count(); }

}  // namespace

LineCost line_cost(const HostPolicy& policy, bool multiplexed, const Assumptions& assumptions) {
  const unsigned at_once = multiplexed ? std::max(policy.ceiling, policy.streams) : policy.ceiling;
  LineCost most{in_seconds(assumptions.latency) / at_once, 0, std::to_string(at_once) + " at once"};
  const auto consider = [&most](double seconds, const std::string& why) {
    if (seconds > most.seconds) most = {seconds, seconds, why};
  };
  if (policy.requests_per_second > 0) {
    consider(1 / policy.requests_per_second, decimal_text(policy.requests_per_second) + " requests/s");
  }
  consider(in_seconds(policy.delay), decimal_text(in_seconds(policy.delay)) + " s between two");
  if (policy.rest > 0) {
    const auto rest = policy.rest_after(assumptions.latency);
    consider(in_seconds(assumptions.latency + rest) / at_once,
             decimal_text(in_seconds(rest)) + " s of rest after each");
  }
  if (policy.bytes_per_second > 0) {
    consider(static_cast<double>(assumptions.size) / static_cast<double>(policy.bytes_per_second),
             human_bytes(policy.bytes_per_second) + "/s");
  }
  return most;
}

double at_least(double sum, const LineCost& cost, const Assumptions& assumptions) {
  return std::max(sum - cost.first, in_seconds(assumptions.latency));
}

}  // namespace gannet::cli
