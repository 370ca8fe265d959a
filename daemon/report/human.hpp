// Turns values into words for people: the one place that makes outside text safe to show. Plain functions of their
// arguments, callable from any thread. Nothing here decides what is shown, or prints.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/time.hpp"

namespace gannet::report {

/// The text as one harmless line: control characters, invalid UTF-8 and the invisible characters that reorder or hide
/// text become U+FFFD, so that neither a terminal nor the reader of a log obeys what a URL or file name says.
std::string printable(std::string_view text);

/// At most `columns` characters, the last an ellipsis when some were left out. Each code point counts as one column.
std::string shortened(std::string_view text, std::size_t columns);

/// How many code points a valid UTF-8 text has.
std::size_t width(std::string_view text);

/// "42 s", "4 min 12 s", "3 h 5 min", "2 d 4 h"; negative durations are 0 s.
std::string human_duration(seconds duration);

/// "12.5 %" of the whole; "0.0 %" of nothing.
std::string human_percent(std::uint64_t part, std::uint64_t all);

/// The nearest whole number; 0 for negative numbers and what is no number.
std::uint64_t whole(double value);

}  // namespace gannet::report
