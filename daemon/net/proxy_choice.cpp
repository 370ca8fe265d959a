#include "net/proxy_choice.hpp"

#include <algorithm>

namespace gannet::net {

const Proxy* proxy_for(const FetchSettings& settings, const std::string& host) {
  if (const auto* said = said_of(settings.hosts, host, &HostRule::proxy)) {
    return said->kind == Proxy::Kind::direct ? nullptr : said;
  }
  if (!settings.proxy || settings.proxy->kind == Proxy::Kind::direct) return nullptr;
  const bool around = std::ranges::any_of(settings.no_proxy, [&](const auto& item) { return bypasses(item, host); });
  return around ? nullptr : &*settings.proxy;
}

}  // namespace gannet::net
