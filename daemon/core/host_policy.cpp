#include "core/host_policy.hpp"

#include <algorithm>
#include <limits>

namespace gannet {
namespace {

// Rates, the delay and parking times are no matter of a profile: they stay as they are.
void set_profile(HostPolicy& policy, Profile profile) {
  const HostPolicy defaults;
  policy.profile = profile;
  policy.park = profile != Profile::own_server;
  policy.start = defaults.start;
  policy.rest = profile == Profile::polite ? 5 : 0;
  switch (profile) {
    case Profile::open_web:
      policy.ceiling = defaults.ceiling;
      policy.streams = defaults.streams;
      break;
    case Profile::polite:
      policy.ceiling = policy.streams = 1;
      break;
    case Profile::own_server:
      policy.ceiling = policy.streams = 256;
      policy.start = std::numeric_limits<unsigned>::max();  // it need not be felt out
      break;
  }
}

template <class T>
void complete(std::optional<T>& value, const std::optional<T>& other) {
  if (!value) value = other;
}

}  // namespace

unsigned haste(Profile profile) {
  switch (profile) {
    case Profile::polite:
      return 0;
    case Profile::open_web:
      return 1;
    case Profile::own_server:
      return 2;
  }
  return 0;
}

milliseconds HostPolicy::rest_after(milliseconds took) const {
  constexpr milliseconds shortest = 3s, longest = 30s;
  return rest > 0 ? std::clamp(rest * took, shortest, longest) : 0ms;
}

bool LimitOverrides::empty() const {
  return !profile && !connections && !streams && !requests_per_second && !bytes_per_second && !delay;
}

void LimitOverrides::complete_with(const LimitOverrides& other) {
  complete(profile, other.profile);
  complete(connections, other.connections);
  complete(streams, other.streams);
  complete(requests_per_second, other.requests_per_second);
  complete(bytes_per_second, other.bytes_per_second);
  complete(delay, other.delay);
}

HostPolicy overridden(HostPolicy policy, const LimitOverrides& said) {
  if (said.profile) set_profile(policy, *said.profile);
  if (said.connections.value_or(0) > 0) policy.ceiling = *said.connections;
  if (said.streams.value_or(0) > 0) policy.streams = *said.streams;
  policy.requests_per_second = said.requests_per_second.value_or(policy.requests_per_second);
  policy.bytes_per_second = said.bytes_per_second.value_or(policy.bytes_per_second);
  policy.delay = said.delay.value_or(policy.delay);
  return policy;
}

}  // namespace gannet
