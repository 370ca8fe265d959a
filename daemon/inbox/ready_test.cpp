#include "inbox/ready_test.hpp"

#include <algorithm>

namespace gannet::inbox {
namespace {

constexpr int caution = 5;              // times the settle time, when all we can do is watch the file
constexpr milliseconds soonest = 20ms;  // between two looks at one file

}  // namespace

void Sighting::see(const FileState& now_state, TimePoint now) {
  if (state == now_state) return;
  state = now_state;
  unchanged_since = now;
  arrival = Arrival::created_or_found;
}

Verdict judge(const Sighting& sighting, Writers writers, WallTime wall, TimePoint now, milliseconds settle) {
  if (sighting.arrival == Arrival::moved_in) return {true, {}};
  if (writers == Writers::yes) return {false, std::max(settle, soonest)};

  const bool only_watched = writers == Writers::unknown && sighting.arrival == Arrival::created_or_found;
  const Duration needed = only_watched ? settle * caution : settle;
  Duration missing = needed - (now - sighting.unchanged_since);
  // A change time ahead of us is another machine's clock, or ours was set back: then only our own watch counts.
  if (sighting.state.changed <= wall) missing = std::max<Duration>(missing, needed - (wall - sighting.state.changed));
  if (missing <= Duration::zero()) return {true, {}};
  return {false, std::max<Duration>(missing, soonest)};
}

}  // namespace gannet::inbox
