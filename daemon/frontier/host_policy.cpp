#include "frontier/host_policy.hpp"

#include <algorithm>

#include "core/host_rules.hpp"
#include "core/job_options.hpp"

namespace gannet::frontier {
namespace {

// Whoever can write a list may ask for less than the operator allows, never for more.
HostPolicy within(const HostPolicy& allowed, HostPolicy wanted) {
  if (haste(wanted.profile) > haste(allowed.profile)) wanted.profile = allowed.profile;
  wanted.ceiling = std::min(wanted.ceiling, allowed.ceiling);
  wanted.streams = std::min(wanted.streams, allowed.streams);
  wanted.requests_per_second = stricter(wanted.requests_per_second, allowed.requests_per_second);
  wanted.bytes_per_second = stricter(wanted.bytes_per_second, allowed.bytes_per_second);
  wanted.delay = std::max(wanted.delay, allowed.delay);
  wanted.start = std::min(wanted.start, allowed.start);
  wanted.rest = std::max(wanted.rest, allowed.rest);
  wanted.park = wanted.park || allowed.park;
  return wanted;
}

}  // namespace

HostPolicy resolve(const FrontierSettings& settings, const LimitOverrides& of_list, std::string_view host) {
  LimitOverrides of_host;
  for (const HostLimits& rule : settings.hosts) {
    if (host_matches(rule.pattern, host)) of_host.complete_with(rule.limits);
  }
  return overridden(within(settings.host, overridden(settings.host, of_list)), of_host);
}

}  // namespace gannet::frontier
