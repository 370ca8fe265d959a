#include "fetch/redirect.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace gannet::fetch {

bool is_redirect(unsigned status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

Result<Url> RedirectTrail::follow(const Url& from, const ResponseHead& head) {
  if (asked_.size() >= most_) return Fault{Reason::too_many_redirects, "more than " + std::to_string(most_)};
  if (head.locations_differ) return Fault{Reason::bad_redirect, "several Locations"};
  if (head.location.empty()) return Fault{Reason::bad_redirect, "no Location"};
  auto next = from.resolve(head.location);
  if (!next) {
    // An escape to another scheme is the server's fault, not the list's: the line itself was valid.
    if (next.error().reason == Reason::unsupported_scheme) {
      return Fault{Reason::bad_redirect, "to the scheme " + on_one_line(next.error().detail)};
    }
    return next;
  }
  if (from.secure && !next->secure) return Fault{Reason::bad_redirect, "from https to http"};
  asked_.push_back(from.text());
  if (std::ranges::find(asked_, next->text()) != asked_.end()) {
    return Fault{Reason::too_many_redirects, "a loop, back to " + next->text()};
  }
  return next;
}

}  // namespace gannet::fetch
