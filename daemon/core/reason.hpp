// How a line can end, and why. The list of reasons is closed and part of the contract (docs/formats.md):
// retry policy, records and reports switch on it without `default`, so a new reason does not compile until each
// of them has an answer for it.
#pragma once

#include <boost/system/result.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "core/time.hpp"

namespace gannet {

enum class Outcome : unsigned char {
  ok,       // fetched, checked and stored
  failed,   // we tried and could not
  skipped,  // a rule of the host or the operator said no
  invalid,  // not a URL we fetch
};

enum class Reason : unsigned char {
  none,                // only with Outcome::ok
  bad_url,             // does not parse as a URL, or the line does not parse as a row
  unsupported_scheme,  // neither http nor https
  blocked_address,     // resolves to an address we refuse to connect to
  dns_not_found,       // the name does not exist
  dns_failed,          // the resolver could not tell: SERVFAIL, timeout
  connect_refused,     // nobody listens there
  connect_timeout,     // no answer to the connection attempt
  connect_failed,      // unreachable, or another connection error
  tls_certificate,     // expired, wrong name, unknown issuer
  tls_failed,          // the TLS handshake or session broke
  first_byte_timeout,  // connected, but no response began
  idle_timeout,        // the response stopped half way
  total_timeout,       // one attempt took longer than it may
  too_slow,            // below the minimum speed
  reset,               // the peer closed or reset the connection before the response was complete
  short_body,          // the body is shorter than announced
  bad_response,        // not HTTP we can trust
  too_large,           // body or headers exceed their limit
  too_many_redirects,  // more hops than allowed
  bad_redirect,        // a redirect without a usable target
  http_status,         // the server answered with an error status
  not_an_image,        // the bytes are something else
  hash_mismatch,       // not the bytes the list promised
  decode_failed,       // the image is corrupt
  decode_timeout,      // decoding took too long
  decode_crashed,      // the decoder died on it
  too_many_pixels,     // larger than allowed
  too_small,           // smaller than asked for
  robots,              // robots.txt says no
  opt_out,             // a header such as X-Robots-Tag says no
  host_dead,           // the host was given up on
  disk_full,           // no room to store it
  disk_error,          // the disk failed to store it
  cancelled,           // the job was cancelled
};

inline constexpr std::size_t reason_count = static_cast<std::size_t>(Reason::cancelled) + 1;

std::string_view to_string(Outcome outcome);
std::string_view to_string(Reason reason);
std::optional<Outcome> parse_outcome(std::string_view text);
std::optional<Reason> parse_reason(std::string_view text);

/// The outcome that a reason ends in.
Outcome outcome_of(Reason reason);

/// Why something on the job path did not work: a reason for programs, a detail for people (may be empty).
struct Fault {
  Reason reason = Reason::none;
  std::string detail;
  bool of_proxy = false;     // the proxy was not there, or not for us: that says nothing about the host
  bool of_silence = false;   // no name server said anything at all, whatever name was asked for
  milliseconds again_in{0};  // not 0: nothing failed, there was no room; to be started again after so long, uncounted
};

/// A value, or the fault that prevented it. A failed download is data, not an exception.
template <class T>
using Result = boost::system::result<T, Fault>;

/// Called by Result::value() on a fault: asking a failed result for its value is a bug in the caller.
[[noreturn]] void throw_exception_from_error(const Fault& fault, const boost::source_location& where);

}  // namespace gannet
