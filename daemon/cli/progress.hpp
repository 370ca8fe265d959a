// What `gannet fetch` shows while it works: one line that is redrawn on a terminal, else a line every few seconds.
// Owned by the thread that has the snapshots. Decides what to print and returns it; show() prints.
#pragma once

#include <optional>
#include <string>

#include "core/snapshot.hpp"
#include "core/time.hpp"

namespace gannet::cli {

/// "12,345 of ~20,000 lines  9,310 ok  12 failed  4,210/s  61.2 MB/s  ETA 2 s": of the jobs that this process has left,
/// what it did and expects to do.
std::string progress_line(const Snapshot& snapshot);

class Progress {
 public:
  /// What to print now; empty when it is not time yet. On a terminal of that many `columns` the line replaces the one
  /// before and never wraps; `columns` 0 means that it is none: a line of its own at most every 5 seconds.
  std::string update(const Snapshot& snapshot, TimePoint now, std::size_t columns);

  /// What to print before anything else may be printed: takes the line off the terminal. update() draws it again.
  std::string clear();

 private:
  std::size_t drawn_ = 0;  // columns of the line on the terminal
  std::optional<TimePoint> last_line_;
};

/// The width of the terminal behind the file descriptor; 0 when it is none.
std::size_t terminal_columns(int fd);

/// Writes to stderr at once. Failing to is nobody's problem.
void show(const std::string& text);

}  // namespace gannet::cli
