// Small charts as SVG. Shapes only, stretched to whatever width there is: their words and numbers are HTML beside them,
// so that these stay readable on a phone. Plain functions; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "page/html.hpp"

namespace gannet::page {

/// What a chart is coloured as; the colours themselves are in the style.
enum class Tone : unsigned char { ok, failed, skipped, invalid, plain };

struct Part {
  double value = 0;
  Tone tone = Tone::plain;
  std::string told = {};  // when pointed at
};

/// One bar across, the parts side by side.
Html share_bar(const std::vector<Part>& parts);

/// A bar that is `share` (0 to 1) of its width long.
Html bar(double share, Tone tone);

struct Column {
  std::vector<Part> parts;  // from below
  std::string told;
};

/// Columns side by side; `top` is the value at the upper edge, with lines at it and at its half.
Html columns(const std::vector<Column>& columns, double top);

/// A round number that is not below `most`: 1, 2, 4, 5, 6, 8 or 10 times a power of ten.
double round_top(double most);

/// Percentiles on a logarithmic scale from 1 to `top`: a bar from the 25th to the 75th on a line from the 5th to the
/// 95th, and the median.
struct Spread {
  std::uint64_t p5 = 0, p25 = 0, p50 = 0, p75 = 0, p95 = 0;
};
Html track(const Spread& spread, double top);

/// The number in short, and as it is for programs.
struct Datum {
  std::uint64_t value;
  std::string shown;
};
Html& operator<<(Html& out, const Datum& datum);

Datum count(std::uint64_t value);
Datum bytes(std::uint64_t value);
Datum time(std::uint64_t milliseconds);

}  // namespace gannet::page
