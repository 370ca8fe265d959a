// The forms in which values are written, and back: plain functions, nothing for any text that is not of the form.
// Signs, blanks and overflow are not of any form. Ranges are the business of the keys.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/settings.hpp"

namespace gannet::config {

/// "16".
std::optional<std::uint64_t> parse_whole(std::string_view text);

/// "2" or "0.25", at most 3 decimals: a rate below 0.001 would be a wait too long to be meant.
std::optional<double> parse_decimal(std::string_view text);

/// "500ms", "20s", "5m", "1h", "30d", and "0".
std::optional<milliseconds> parse_duration(std::string_view text);

/// "always", "never", "revalidate", and "after:30d", also with blanks behind the colon; the age is 1s to 3650d.
std::optional<Refetch> parse_refetch(std::string_view text);

/// Bytes "512", or "16KiB", "64MiB", "4GiB".
std::optional<ByteCount> parse_size(std::string_view text);

/// "203.0.113.9", "203.0.113.9:53", "2001:db8::1" or "[2001:db8::1]:53".
bool is_server_address(std::string_view text);

/// Printable ASCII, which is all that may stand in a header.
bool is_header_text(std::string_view text);

/// The largest unit that needs no fraction: "5m", "64MiB".
std::string duration_text(milliseconds value);
std::string size_text(ByteCount value);

/// As parse_refetch() reads it.
std::string refetch_text(const Refetch& refetch);

/// A control character, which nothing in the configuration may have.
bool is_control(char c);

}  // namespace gannet::config
