// Url::parse() and Url::resolve(). Input: what is before the first NUL is parsed, what is behind it is resolved against
// the result, or against a fixed URL when there is none.
#include "core/url.hpp"

#include <algorithm>

#include "fuzz/fuzz_target.hpp"

namespace gannet {
namespace {

using fuzz::require;

bool is_same(const Url& a, const Url& b) {
  return a.secure == b.secure && a.host == b.host && a.port == b.port && a.target == b.target;
}

void check_host(const Url& url) {
  const auto is_plain = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == ':';
  };
  require(!url.host.empty() && url.host.size() <= 253, "a host has 1 to 253 bytes");
  require(std::ranges::all_of(url.host, is_plain), "a host is letters, digits, '-', '_', '.', or an IPv6 address");
  require(!url.host.ends_with('.') && !url.host.starts_with('.'), "a host has no empty label");
}

void check_normal(const Url& url) {
  check_host(url);
  require(url.port != 0, "a port is not 0");
  require(url.target.starts_with('/'), "a target starts with a slash");
  require(std::ranges::all_of(url.target, [](char c) { return c > ' ' && c < 0x7f && c != '#' && c != '\\'; }),
          "a target can stand in a request line");
  const auto path = url.target.substr(0, url.target.find('?')) + '/';
  require(path.find("/./") == path.npos && path.find("/../") == path.npos, "a path has no dot segments");
  require(url.text().size() <= 16384, "a URL has a longest length");
  const auto again = Url::parse(url.text());
  require(again && is_same(*again, url), "what was parsed is in normal form");
  const auto resolved = url.resolve(url.text());
  require(resolved && is_same(*resolved, url), "a whole URL stays itself when it is resolved");
}

void check_fault(const Fault& fault, Reason bad) {
  require(fault.reason == bad || fault.reason == Reason::unsupported_scheme, "faults are those of the list");
  require(!fault.detail.empty(), "a fault says why");
}

}  // namespace
}  // namespace gannet

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gannet;
  const auto [first, second] = fuzz::split(fuzz::as_text(data, size), '\0');
  const auto url = Url::parse(first);
  if (url) {
    check_normal(*url);
  } else {
    check_fault(url.error(), Reason::bad_url);
  }
  const auto base = url ? url : Url::parse("https://base.example:81/a/b?c");
  const auto next = base->resolve(second);
  if (next) {
    check_normal(*next);
  } else {
    check_fault(next.error(), Reason::bad_redirect);
  }
  return 0;
}
