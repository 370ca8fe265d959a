// What an operator says about single hosts, and to which hosts it applies. Values, any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/host_policy.hpp"
#include "core/proxy.hpp"

namespace gannet {

/// What `fetch.hosts` says of the hosts that a pattern matches. A member without a value says nothing; an empty text
/// says what happens without any rule.
struct HostRule {
  std::string pattern;  // normal: see normal_host_pattern()
  std::optional<std::string> user_agent;
  std::optional<std::string> referer;
  std::optional<std::string> accept;  // the header
  std::optional<std::string> cookie;
  std::optional<bool> insecure;  // any certificate will do
  std::optional<Proxy> proxy;    // direct: none, whatever `fetch.proxy` says
  Credentials proxy_credentials;
  LimitOverrides limits;
};

/// A host, `*.example.org` (all hosts below it, but not itself) or `*`, in the spelling of Url::host. Nothing for
/// anything else.
std::optional<std::string> normal_host_pattern(std::string_view text);

/// `host` as in Url::host.
bool host_matches(std::string_view pattern, std::string_view host);

/// What the first rule in the order of the file says that matches the host and says anything; null when none does.
template <class T>
const T* said_of(const std::vector<HostRule>& rules, std::string_view host, std::optional<T> HostRule::*member) {
  for (const HostRule& rule : rules) {
    if (rule.*member && host_matches(rule.pattern, host)) return &*(rule.*member);
  }
  return nullptr;
}

}  // namespace gannet
