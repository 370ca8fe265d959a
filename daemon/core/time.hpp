// Two clocks that must not be mixed up: one that only moves forward, for deadlines and durations, and the wall
// clock, for records that people read.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace gannet {

using std::chrono::milliseconds;
using std::chrono::seconds;
using namespace std::chrono_literals;

using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;
using Duration = Clock::duration;
using WallTime = std::chrono::sys_time<milliseconds>;

inline WallTime wall_now() { return std::chrono::floor<milliseconds>(std::chrono::system_clock::now()); }

/// "2026-11-22T10:15:02.123Z".
std::string to_rfc3339(WallTime time);

/// The inverse of to_rfc3339; nothing for any other text.
std::optional<WallTime> parse_rfc3339(std::string_view text);

/// "20261122T101502", the start of a job id.
std::string to_compact(WallTime time);

}  // namespace gannet
