// Where redirects lead, decided without a socket. It remembers the way, so that a loop is seen at once. Nothing but the
// URL goes from one hop to the next: no credentials, no cookies, no Referer.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/url.hpp"
#include "fetch/response_head.hpp"

namespace gannet::fetch {

/// Statuses that name another place: 301 302 303 307 308 (RFC 9110, section 15.4).
bool is_redirect(unsigned status);

class RedirectTrail {
 public:
  /// `most` redirects are followed, one after the other.
  /// `asked`: those that were followed before.
  explicit RedirectTrail(unsigned most, std::vector<std::string> asked = {}) : most_(most), asked_(std::move(asked)) {}

  /// The next URL, when `from` answered with a redirect. Faults: `too_many_redirects` (more than allowed, or a URL that
  /// was asked before: without cookies it would answer the same), `bad_redirect` (no usable Location or several,
  /// another scheme, or from https to http).
  Result<Url> follow(const Url& from, const ResponseHead& head);

  /// What redirected us so far.
  std::vector<std::string> take_asked() { return std::move(asked_); }

 private:
  unsigned most_;
  std::vector<std::string> asked_;
};

}  // namespace gannet::fetch
