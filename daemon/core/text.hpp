// Small helpers for text that comes from outside.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace gannet {

/// The text with every byte that is not valid UTF-8, and every NUL, replaced by U+FFFD. Text that was valid is
/// unchanged.
std::string to_valid_utf8(std::string_view text);

/// What somebody else wrote, on one line of valid UTF-8 and not too long: for messages to people.
std::string on_one_line(std::string_view text, std::size_t longest = 80);

/// "48.2 kB", "1.19 GB": for people.
std::string human_bytes(std::uint64_t bytes);

/// "2", "0.25": without an exponent, and no more digits than it needs.
std::string decimal_text(double value);

/// "12,345".
std::string human_count(std::uint64_t count);

/// The number with zeros in front, so that it has at least `width` digits.
void append_padded(std::string& out, std::uint64_t value, unsigned width);

bool equals_ignoring_case(std::string_view a, std::string_view b);

std::string_view trim(std::string_view text);

}  // namespace gannet
