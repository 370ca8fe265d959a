#include "report/human.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/text.hpp"

namespace gannet::report {
namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd";

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

// Takes the first code point off text that is valid UTF-8.
char32_t take(std::string_view& text) {
  const auto first = static_cast<unsigned char>(text[0]);
  const std::size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  char32_t point = length == 1 ? first : first & (0x7fu >> length);
  for (std::size_t i = 1; i < length; ++i) point = point << 6 | (static_cast<unsigned char>(text[i]) & 0x3fu);
  text.remove_prefix(length);
  return point;
}

// Controls, and what has no glyph but moves or hides its neighbours (Unicode's Bidi_Control and default ignorables).
bool harmful(char32_t c) {
  const auto within = [c](char32_t first, char32_t last) { return c >= first && c <= last; };
  return c < 0x20 || within(0x7f, 0x9f) || c == 0xad || c == 0x61c || within(0x200b, 0x200f) ||
         within(0x2028, 0x202e) || within(0x2060, 0x206f) || c == 0xfeff || within(0xe0000, 0xe0fff);
}

std::string two_units(long long large, const char* large_unit, long long small, const char* small_unit) {
  return std::to_string(large) + large_unit + std::to_string(small) + small_unit;
}

}  // namespace

std::string printable(std::string_view text) {
  if (std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; })) return std::string(text);
  const std::string valid = to_valid_utf8(text);
  std::string out;
  out.reserve(valid.size());
  for (std::string_view rest = valid; !rest.empty();) {
    const std::string_view before = rest;
    const char32_t point = take(rest);
    out += harmful(point) ? replacement : before.substr(0, before.size() - rest.size());
  }
  return out;
}

std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return !continues(c); }));
}

std::string shortened(std::string_view text, std::size_t columns) {
  if (width(text) <= columns) return std::string(text);
  if (columns == 0) return {};
  std::size_t end = 0;
  for (std::size_t kept = 0; end < text.size(); ++end) {
    if (!continues(text[end]) && ++kept == columns) break;
  }
  return std::string(text.substr(0, end)) + "\xe2\x80\xa6";
}

std::string human_duration(seconds duration) {
  const long long all = std::max<long long>(duration.count(), 0);
  if (all < 60) return std::to_string(all) + " s";
  if (all < 3600) return two_units(all / 60, " min ", all % 60, " s");
  if (all < 86400) return two_units(all / 3600, " h ", all % 3600 / 60, " min");
  return two_units(all / 86400, " d ", all % 86400 / 3600, " h");
}

std::string human_percent(std::uint64_t part, std::uint64_t all) {
  const double share = all == 0 ? 0 : static_cast<double>(part) * 100 / static_cast<double>(all);
  char text[32];
  std::snprintf(text, sizeof text, "%.1f %%", std::min(share, 100.0));
  return text;
}

std::uint64_t whole(double value) {
  if (!(value > 0)) return 0;
  return static_cast<std::uint64_t>(std::llround(std::min(value, 1e18)));
}

}  // namespace gannet::report
