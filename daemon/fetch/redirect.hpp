// Where a redirect leads, decided without a socket.
#pragma once

#include "core/url.hpp"
#include "fetch/response_parser.hpp"

namespace gannet::fetch {

/// Statuses that name another place: 301 302 303 307 308 (RFC 9110, section 15.4).
bool is_redirect(unsigned status);

/// The next URL. `hops` redirects have been followed so far. Faults: `too_many_redirects`, `bad_redirect` (no usable
/// Location, another scheme, or from https to http).
Result<Url> follow(const Url& from, const ResponseHead& head, unsigned hops, unsigned most);

}  // namespace gannet::fetch
