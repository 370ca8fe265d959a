#include "core/reason.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace gannet {
namespace {

constexpr std::array<std::string_view, 4> outcome_names{"ok", "failed", "skipped", "invalid"};

// In the order of the enumeration.
constexpr std::array<std::string_view, reason_count> reason_names{
    "",
    "bad_url",
    "unsupported_scheme",
    "blocked_address",
    "dns_not_found",
    "dns_failed",
    "connect_refused",
    "connect_timeout",
    "connect_failed",
    "tls_certificate",
    "tls_failed",
    "first_byte_timeout",
    "idle_timeout",
    "total_timeout",
    "too_slow",
    "reset",
    "short_body",
    "bad_response",
    "too_large",
    "too_many_redirects",
    "bad_redirect",
    "http_status",
    "not_an_image",
    "hash_mismatch",
    "decode_failed",
    "decode_timeout",
    "decode_crashed",
    "too_many_pixels",
    "too_small",
    "robots",
    "opt_out",
    "host_dead",
    "disk_full",
    "disk_error",
    "cancelled",
};

template <class Enum, std::size_t N>
std::optional<Enum> find_name(const std::array<std::string_view, N>& names, std::string_view text) {
  const auto found = std::ranges::find(names, text);
  if (text.empty() || found == names.end()) return std::nullopt;
  return static_cast<Enum>(found - names.begin());
}

}  // namespace

std::string_view to_string(Outcome outcome) { return outcome_names[static_cast<std::size_t>(outcome)]; }
std::string_view to_string(Reason reason) { return reason_names[static_cast<std::size_t>(reason)]; }
std::optional<Outcome> parse_outcome(std::string_view text) { return find_name<Outcome>(outcome_names, text); }
std::optional<Reason> parse_reason(std::string_view text) { return find_name<Reason>(reason_names, text); }

Outcome outcome_of(Reason reason) {
  switch (reason) {
    case Reason::none:
      return Outcome::ok;
    case Reason::bad_url:
    case Reason::unsupported_scheme:
      return Outcome::invalid;
    case Reason::robots:
    case Reason::opt_out:
      return Outcome::skipped;
    case Reason::blocked_address:
    case Reason::dns_not_found:
    case Reason::dns_failed:
    case Reason::connect_refused:
    case Reason::connect_timeout:
    case Reason::connect_failed:
    case Reason::tls_certificate:
    case Reason::tls_failed:
    case Reason::first_byte_timeout:
    case Reason::idle_timeout:
    case Reason::total_timeout:
    case Reason::too_slow:
    case Reason::reset:
    case Reason::short_body:
    case Reason::bad_response:
    case Reason::too_large:
    case Reason::too_many_redirects:
    case Reason::bad_redirect:
    case Reason::http_status:
    case Reason::not_an_image:
    case Reason::hash_mismatch:
    case Reason::decode_failed:
    case Reason::decode_timeout:
    case Reason::decode_crashed:
    case Reason::too_many_pixels:
    case Reason::too_small:
    case Reason::host_dead:
    case Reason::disk_full:
    case Reason::disk_error:
    case Reason::cancelled:
      return Outcome::failed;
  }
  return Outcome::failed;
}

void throw_exception_from_error(const Fault& fault, const boost::source_location&) {
  throw std::logic_error("unchecked fault: " + std::string(to_string(fault.reason)) + " " + fault.detail);
}

}  // namespace gannet
