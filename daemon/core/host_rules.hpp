// What an operator says about single hosts, and to which hosts it applies. Values, any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/proxy.hpp"

namespace gannet {

/// What `fetch.hosts` says of the hosts that a pattern matches. A member that is empty or false says nothing.
struct HostRule {
  std::string pattern;  // normal: see normal_host_pattern()
  std::string user_agent;
  std::string referer;
  std::string accept;  // the header
  std::string cookie;
  bool insecure = false;       // any certificate will do
  std::optional<Proxy> proxy;  // direct: none, whatever `fetch.proxy` says
  Credentials proxy_credentials;
};

/// A host, `*.example.org` (all hosts below it, but not itself) or `*`, in the spelling of Url::host. Nothing for
/// anything else.
std::optional<std::string> normal_host_pattern(std::string_view text);

/// `host` as in Url::host.
bool host_matches(std::string_view pattern, std::string_view host);

/// What the first rule in the order of the file says that matches the host and says anything; null when none does.
template <class T>
const T* said_of(const std::vector<HostRule>& rules, std::string_view host, T HostRule::*member) {
  for (const HostRule& rule : rules) {
    if (rule.*member != T{} && host_matches(rule.pattern, host)) return &(rule.*member);
  }
  return nullptr;
}

}  // namespace gannet
