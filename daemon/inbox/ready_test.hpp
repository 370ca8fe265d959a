// Decides whether a file in the inbox is complete. Plain code: what is known of the file and the time go in, the answer
// comes out; no clock, no disk. It does not know what the file holds.
#pragma once

#include <chrono>
#include <cstdint>

#include "core/time.hpp"

namespace gannet::inbox {

/// How a file came to our notice, from the least to the most that is known about its writer.
enum class Arrival : unsigned char {
  created_or_found,      // its writer may still be at it
  closed_after_writing,  // a writer was done with it, but may come back
  moved_in,              // it was finished under another name
};

/// Whether somebody holds it open for writing.
enum class Writers : unsigned char { no, yes, unknown };

/// What changes when a file is written to.
struct FileState {
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::chrono::sys_time<std::chrono::nanoseconds> modified{};  // can be set to anything by the owner
  std::chrono::sys_time<std::chrono::nanoseconds> changed{};   // cannot, but the clock may be another machine's

  bool operator==(const FileState&) const = default;
};

struct Sighting {
  Arrival arrival = Arrival::created_or_found;
  FileState state;
  TimePoint unchanged_since{};  // when we first saw it in this state

  /// Notes the state it has now. A change means that somebody is writing again, however it arrived.
  void see(const FileState& now_state, TimePoint now);

  bool operator==(const Sighting&) const = default;
};

struct Verdict {
  bool ready = false;
  Duration wait{};  // when to look again, unless ready; never zero
};

/// Moved in: ready. Otherwise when nobody writes to it and it has not changed for `settle`, by our own watch and,
/// unless that clock is plainly another, by its change time. When writers cannot be asked about and none was seen to
/// close it, five times as long.
Verdict judge(const Sighting& sighting, Writers writers, WallTime wall, TimePoint now, milliseconds settle);

}  // namespace gannet::inbox
