// What happens to a job's folder and its images besides its journal: recovery at the start, and the way to done/ or
// failed/ at the end. Not on a lane or the dispatcher: all of it may take long.
#pragma once

#include <string>
#include <string_view>

#include "core/atomic_file.hpp"
#include "core/job.hpp"
#include "core/layout.hpp"
#include "core/line_set.hpp"
#include "store/progress.hpp"

namespace gannet::store {

struct Recovered {
  Progress progress;
  std::uint64_t records_read = 0;  // of the journal: those behind the checkpoint, or all
  bool same_list = false;          // as when the checkpoint was written; else nobody knows
  std::uint64_t keys = 0;          // the sum of print_of() over the records read whose line has a file of its own
};

/// Replays the journal of a job that was not finished, from its checkpoint on if it has a good one, and removes images
/// without a record. Faults: `disk_error`.
Result<Recovered> recover(const Layout& layout, const Job& job);

struct FailedLines {
  LineSet lines;       // whose record says `failed`
  std::string damage;  // the first line of the journal that is no record, if there is one
};

/// Of a job of which every line has its record. Changes nothing.
Result<FailedLines> failed_lines(const Job& job);

/// Writes `summary`, and reason.txt when `broken` is not empty, then moves the folder to done/ (or failed/ when broken)
/// in one rename. May be repeated after a crash. With Durable::yes a power cut does not take it back.
Result<void> retire(const Layout& layout, const Job& job, std::string_view summary, const std::string& broken,
                    Durable durable);

}  // namespace gannet::store
