#include "core/time.hpp"

#include <cstdint>
#include <cstdio>

#include "core/text.hpp"

namespace gannet {
namespace {

struct Parts {
  std::chrono::year_month_day date;
  std::chrono::hh_mm_ss<milliseconds> clock;
};

Parts split(WallTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  return {std::chrono::year_month_day{day}, std::chrono::hh_mm_ss<milliseconds>{time - day}};
}

// One is written for every line of every list, which printf is too slow for.
void append(std::string& out, std::int64_t value, unsigned width) {
  append_padded(out, static_cast<std::uint64_t>(value), width);
}

std::string print(WallTime time, std::string_view dash, std::string_view colon) {
  const auto [date, clock] = split(time);
  std::string out;
  append(out, int{date.year()}, 4);
  out += dash;
  append(out, unsigned{date.month()}, 2);
  out += dash;
  append(out, unsigned{date.day()}, 2);
  out += 'T';
  append(out, clock.hours().count(), 2);
  out += colon;
  append(out, clock.minutes().count(), 2);
  out += colon;
  append(out, clock.seconds().count(), 2);
  return out;
}

}  // namespace

std::string to_rfc3339(WallTime time) {
  std::string out = print(time, "-", ":") + '.';
  append(out, split(time).clock.subseconds().count(), 3);
  return out + 'Z';
}

std::string to_compact(WallTime time) { return print(time, "", ""); }

std::optional<WallTime> parse_rfc3339(std::string_view text) {
  int year = 0;
  unsigned month = 0, day = 0;
  int hour = 0, minute = 0, second = 0, fraction = 0, length = 0;
  const std::string copy(text);
  if (std::sscanf(copy.c_str(), "%4d-%2u-%2uT%2d:%2d:%2d.%3dZ%n", &year, &month, &day, &hour, &minute, &second,
                  &fraction, &length) != 7 ||
      static_cast<std::size_t>(length) != text.size()) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{day}};
  if (!date.ok()) return std::nullopt;
  const WallTime time = std::chrono::sys_days{date} + std::chrono::hours{hour} + std::chrono::minutes{minute} +
                        seconds{second} + milliseconds{fraction};
  if (to_rfc3339(time) != text) return std::nullopt;  // scanf takes signs, blanks, and numbers out of range
  return time;
}

}  // namespace gannet
