#include "frontier/retry_policy.hpp"

#include <algorithm>

namespace gannet::frontier {

bool is_transient(Reason reason, unsigned http_status) {
  switch (reason) {
    case Reason::http_status:
    case Reason::robots:  // robots.txt was answered with that, so nobody knows what it allows; without, it said no
      switch (http_status) {
        case 408:
        case 425:
        case 429:
        case 500:
        case 502:
        case 503:
        case 504:
        case 520:
        case 521:
        case 522:
        case 523:
        case 524:
          return true;
        default:
          return false;
      }
    case Reason::dns_failed:
    case Reason::connect_refused:
    case Reason::connect_timeout:
    case Reason::connect_failed:
    case Reason::tls_failed:
    case Reason::first_byte_timeout:
    case Reason::idle_timeout:
    case Reason::total_timeout:
    case Reason::too_slow:
    case Reason::reset:
    case Reason::short_body:
      return true;
    case Reason::none:
    case Reason::bad_url:
    case Reason::unsupported_scheme:
    case Reason::blocked_address:
    case Reason::dns_not_found:
    case Reason::tls_certificate:
    case Reason::bad_response:
    case Reason::too_large:
    case Reason::too_many_redirects:
    case Reason::bad_redirect:
    case Reason::not_an_image:
    case Reason::hash_mismatch:
    case Reason::decode_failed:
    case Reason::decode_timeout:
    case Reason::decode_crashed:
    case Reason::too_many_pixels:
    case Reason::too_small:
    case Reason::opt_out:
    case Reason::host_dead:
    case Reason::disk_full:
    case Reason::disk_error:
    case Reason::cancelled:
      return false;
  }
  return false;
}

bool is_overload(Reason reason, unsigned http_status) {
  return (reason == Reason::http_status || reason == Reason::robots) && (http_status == 429 || http_status == 503);
}

bool is_unreachable(Reason reason) {
  return reason == Reason::connect_refused || reason == Reason::connect_timeout || reason == Reason::connect_failed;
}

milliseconds backoff(unsigned attempt, milliseconds most, double random) {
  const milliseconds doubled = seconds{1} * (1 << std::min(attempt, 20u));
  const double share = 0.5 + std::clamp(random, 0.0, 1.0) / 2;
  return std::chrono::round<milliseconds>(share * std::chrono::duration<double, std::milli>(std::min(most, doubled)));
}

}  // namespace gannet::frontier
