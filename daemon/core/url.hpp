// A URL that we could fetch: http or https, with a host, in normal form. docs/http.md says what is made of odd
// spellings.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/reason.hpp"

namespace gannet {

struct Url {
  bool secure = false;  // https
  std::string host;     // lower case ASCII; an IPv6 address without brackets
  std::uint16_t port = 80;
  std::string target;  // path and query, percent-encoded, starts with '/', without dot segments

  /// Fails with `bad_url` or `unsupported_scheme`. Spelled as browsers accept it (WHATWG URL), but without user name
  /// and password.
  static Result<Url> parse(std::string_view text);

  /// Takes apart what text() gave, which needs no second look.
  static Url of_normal(std::string_view text);

  /// Resolves a reference, such as a Location header, against this URL. An empty one is this URL again.
  /// Fails with `bad_redirect` or `unsupported_scheme`.
  Result<Url> resolve(std::string_view reference) const;

  /// "https://example.org:8443": scheme, host and port are what connections are kept by. The default port is left out.
  std::string origin() const;

  /// What goes into the Host header: the host, bracketed if it is an IPv6 address, and the port unless it is the
  /// default.
  std::string authority() const;

  std::string text() const { return origin() + target; }
};

}  // namespace gannet
