#include "fetch/retry_after.hpp"

#include <time.h>

#include <algorithm>
#include <charconv>
#include <string>

#include "core/text.hpp"

namespace gannet::fetch {
namespace {

constexpr long long longest = 366LL * 24 * 3600;  // whatever a server says, no arithmetic overflows on it
constexpr std::size_t shortest_date = 20;         // what is shorter, or longer than this, none need be looked for in
constexpr std::size_t longest_date = 40;

std::optional<seconds> parse_one(std::string_view value, WallTime now) {
  value = trim(value);
  if (value.empty()) return std::nullopt;
  if (std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; })) {
    long long count = longest;
    std::from_chars(value.data(), value.data() + value.size(), count);  // out of range leaves the longest
    return seconds{std::min(count, longest)};
  }
  if (value.size() < shortest_date || value.size() > longest_date) return std::nullopt;
  const std::string text(value);
  for (const char* format : {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"}) {
    tm parts{};
    const char* end = strptime(text.c_str(), format, &parts);
    if (!end || *end != '\0') continue;
    const long long at = timegm(&parts);
    const long long from = std::chrono::floor<seconds>(now).time_since_epoch().count();
    return seconds{std::clamp(at - from, 0LL, longest)};
  }
  return std::nullopt;
}

}  // namespace

std::optional<seconds> parse_retry_after(std::string_view values, WallTime now) {
  std::optional<seconds> longest_said;
  while (!values.empty()) {
    std::string_view line = values.substr(0, values.find('\n'));
    values.remove_prefix(std::min(line.size() + 1, values.size()));
    while (!line.empty()) {
      const auto comma = std::min(line.find(','), line.size());
      auto end = std::min(line.find(',', comma + 1), line.size());  // a date has one within
      auto said = parse_one(line.substr(0, end), now);
      if (!said) said = parse_one(line.substr(0, end = comma), now);
      longest_said = std::max(longest_said, said);
      line.remove_prefix(std::min(end + 1, line.size()));
    }
  }
  return longest_said;
}

}  // namespace gannet::fetch
