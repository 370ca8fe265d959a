#include "core/host_rules.hpp"

#include "core/address_range.hpp"
#include "core/url.hpp"

namespace gannet {

std::optional<std::string> normal_host_pattern(std::string_view text) {
  if (text == "*") return std::string(text);
  const bool below = text.starts_with("*.");
  const auto name = text.substr(below ? 2 : 0);
  const bool v6 = name.find(':') != std::string_view::npos && !name.starts_with('[');
  const std::string host(name);
  const auto url = Url::parse("http://" + (v6 ? '[' + host + ']' : host) + '/');
  // Anything but a host would have ended up in another part of the URL.
  if (!url || url->target != "/" || url->port != 80 || name.find_first_of("/?#@\\ *") != std::string_view::npos) {
    return std::nullopt;
  }
  // Nothing is below an address, and a name whose last label is a number is one.
  if (below && AddressRange::parse(url->host)) return std::nullopt;
  return (below ? "*." : "") + url->host;
}

bool host_matches(std::string_view pattern, std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  if (pattern == host || pattern == "*") return true;
  return pattern.starts_with("*.") && host.ends_with(pattern.substr(1)) && host.size() >= pattern.size();
}

}  // namespace gannet
