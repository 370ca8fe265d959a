#include "cli/time_bound.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "report/human.hpp"

namespace gannet::cli {
namespace {

// What `rest` says is kept within this (docs/architecture.md).
constexpr milliseconds shortest_rest{3000};
constexpr milliseconds longest_rest{30000};

double in_seconds(milliseconds time) { return std::chrono::duration<double>(time).count(); }

// "2.5", "20": as many decimals as a rate may have, and no more than it needs.
std::string number(double value) {
  std::string text = std::to_string(value);
  text.resize(text.find('.') + 4);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

}  // namespace

LineCost line_cost(const HostPolicy& policy, bool multiplexed, const Assumptions& assumptions) {
  const unsigned at_once = multiplexed ? std::max(policy.ceiling, policy.streams) : policy.ceiling;
  LineCost most{in_seconds(assumptions.latency) / at_once, 0, std::to_string(at_once) + " at once"};
  const auto consider = [&most](double seconds, const std::string& why) {
    if (seconds > most.seconds) most = {seconds, seconds, why};
  };
  if (policy.requests_per_second > 0) {
    consider(1 / policy.requests_per_second, number(policy.requests_per_second) + " requests/s");
  }
  consider(in_seconds(policy.delay), number(in_seconds(policy.delay)) + " s between two");
  if (policy.rest > 0) {
    const auto rest = std::clamp(assumptions.latency * policy.rest, shortest_rest, longest_rest);
    consider(in_seconds(assumptions.latency + rest) / at_once, number(in_seconds(rest)) + " s of rest after each");
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
