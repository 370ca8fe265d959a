#include "frontier/host_policy.hpp"

#include "core/host_rules.hpp"

namespace gannet::frontier {

HostPolicy resolve(const FrontierSettings& settings, const LimitOverrides& of_list, std::string_view host) {
  LimitOverrides of_host;
  for (const HostLimits& rule : settings.hosts) {
    if (host_matches(rule.pattern, host)) of_host.complete_with(rule.limits);
  }
  return overridden(overridden(settings.host, of_list), of_host);
}

}  // namespace gannet::frontier
