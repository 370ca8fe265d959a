// The Retry-After header (RFC 9110, section 10.2.3).
#pragma once

#include <optional>
#include <string_view>

#include "core/time.hpp"

namespace gannet::fetch {

/// From now; a date in the past is 0. Of several values, in a line each or with commas between them, as a proxy joins
/// header lines, the longest. Nothing when none is a number of seconds or a date.
std::optional<seconds> parse_retry_after(std::string_view values, WallTime now);

}  // namespace gannet::fetch
