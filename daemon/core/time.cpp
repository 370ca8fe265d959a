#include "core/time.hpp"

#include <cstdio>

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

template <class... Args>
std::string print(const char* format, Args... args) {
  char text[64];
  const int length = std::snprintf(text, sizeof text, format, args...);
  return {text, static_cast<std::size_t>(length)};
}

}  // namespace

std::string to_rfc3339(WallTime time) {
  const auto [date, clock] = split(time);
  return print("%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", int{date.year()}, unsigned{date.month()}, unsigned{date.day()},
               static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
               static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
}

std::string to_compact(WallTime time) {
  const auto [date, clock] = split(time);
  return print("%04d%02u%02uT%02d%02d%02d", int{date.year()}, unsigned{date.month()}, unsigned{date.day()},
               static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
               static_cast<int>(clock.seconds().count()));
}

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
