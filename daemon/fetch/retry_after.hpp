// The Retry-After header (RFC 9110, section 10.2.3).
#pragma once

#include <optional>
#include <string_view>

#include "core/time.hpp"

namespace gannet::fetch {

/// From now; a date in the past is 0. Nothing when the value is neither a number of seconds nor a date.
std::optional<seconds> parse_retry_after(std::string_view value, WallTime now);

}  // namespace gannet::fetch
