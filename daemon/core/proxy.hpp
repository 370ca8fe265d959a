// A proxy as the operator names it. Values, any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace gannet {

/// What is sent to a proxy, and to nobody else. Read from a file, so that no configuration shows it.
struct Credentials {
  std::filesystem::path file;
  std::string user;
  std::string password;

  bool operator==(const Credentials&) const = default;
};

struct Proxy {
  enum class Kind : unsigned char {
    direct,  // none
    http,    // GET with the whole URL for http, CONNECT for https
    socks5   // RFC 1928; the proxy resolves names
  };

  Kind kind = Kind::direct;
  std::string host;
  std::uint16_t port = 0;
  Credentials credentials;    // empty: none
  std::string authorization;  // the same as a Proxy-Authorization header has it

  bool operator==(const Proxy&) const = default;

  /// "direct", "http://proxy.example:3128" or "socks5://[2001:db8::1]:1080" (also socks5h). The port must be there:
  /// proxies have no usual one.
  static std::optional<Proxy> parse(std::string_view text);

  /// As parse() takes it.
  std::string text() const;

  /// "proxy.example:3128".
  std::string place() const;

  void authenticate(Credentials with);

  /// What is meant when it asks who we are: "it wants a user name and password (fetch.proxy_credentials, ...)".
  std::string question() const;
};

/// An item of `fetch.no_proxy` in normal form: a host, `.example.org` (example.org and all below it), a block of
/// addresses, or `*`. Nothing for anything else.
std::optional<std::string> normal_no_proxy(std::string_view text);

/// Whether such an item, in normal form, means this host. Names are not resolved.
bool bypasses(std::string_view item, const std::string& host);

}  // namespace gannet
