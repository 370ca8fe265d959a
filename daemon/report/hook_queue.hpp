// The lines that a hook is to be told: which is written next, which are waited for, and what becomes of them when its
// process dies. Plain code without pipes, processes and clocks; one thread.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace gannet::report {

class HookQueue {
 public:
  struct Limits {
    std::size_t lines = 10'000;       // that wait or are under way; more are dropped
    std::size_t bytes = 64 << 20;     // likewise
    std::size_t unacknowledged = 64;  // lines written ahead of their acknowledgement
    unsigned deaths = 3;              // of the process on the same line; then it is left out
  };

  explicit HookQueue(const Limits& limits) : limits_(limits) {}

  /// Takes one line, without its end; false when there is no room, and it is counted as dropped.
  bool add(std::string_view line);

  /// The next line to be written, its end included; null when none may be. It counts as under way from then on.
  const std::string* next();

  /// The process said one line. False when there is none it could mean, which is a mistake of the hook.
  bool acknowledged();

  /// The process is gone: what it did not acknowledge is said again to the next, from the oldest on. True when the
  /// oldest has now cost so many processes that it is left out instead.
  bool died();

  std::size_t waiting() const { return lines_.size(); }  // those under way included
  std::size_t under_way() const { return under_way_; }

  struct Counts {
    std::uint64_t acknowledged = 0;
    std::uint64_t dropped = 0;   // for lack of room
    std::uint64_t left_out = 0;  // because the process died of them
  };
  const Counts& counts() const { return counts_; }

 private:
  void take_oldest();

  const Limits limits_;
  std::deque<std::string> lines_;  // oldest first; the first `under_way_` were written
  std::size_t bytes_ = 0;
  std::size_t under_way_ = 0;
  unsigned deaths_ = 0;  // since the oldest became it
  Counts counts_;
};

}  // namespace gannet::report
