// The one spelling of a host, so that one host has one limit and one connection pool, and an address cannot pass for a
// name. Pure functions of bytes, any thread.
#pragma once

#include <string>
#include <string_view>

#include "core/reason.hpp"

namespace gannet {

/// A host name or IPv4 address, percent-decoded, in its canonical spelling: lower case, IDNA (UTS #46,
/// non-transitional), no trailing dot; every spelling of an IPv4 address that the WHATWG URL standard knows becomes
/// four decimal numbers. Faults: `bad_url`.
Result<std::string> canonical_host(std::string_view decoded);

}  // namespace gannet
