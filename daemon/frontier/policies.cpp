#include "frontier/policies.hpp"

#include <algorithm>

#include "core/url.hpp"
#include "frontier/host_policy.hpp"

namespace gannet::frontier {

const HostPolicy* Policies::of(const FrontierSettings& settings, const JobOptions* of_list, std::string_view origin) {
  std::string host;
  if (!settings.hosts.empty()) {
    if (auto url = Url::parse(origin)) host = std::move(url->host);
  }
  HostPolicy policy = resolve(settings, of_list ? of_list->limits : LimitOverrides{}, host);
  policy.obeys_robots = settings.obey_robots(policy.profile, of_list ? of_list->robots : std::nullopt);
  const auto found = std::ranges::find(known_, policy);
  return found == known_.end() ? &known_.emplace_back(policy) : &*found;
}

}  // namespace gannet::frontier
