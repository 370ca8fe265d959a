// What happens to a job's folder and its images besides its journal: recovery at the start, and the way to done/ or
// failed/ at the end. Not on a lane or the dispatcher: all of it may take long.
#pragma once

#include <string>
#include <string_view>

#include "core/job.hpp"
#include "core/layout.hpp"
#include "core/line_set.hpp"
#include "core/sync_group.hpp"
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

/// Writes `summary` into the folder of an ended job, and reason.txt when `broken` is not empty. May be repeated. Adds
/// what is to be synced before the folder moves.
Result<void> conclude(const Job& job, std::string_view summary, const std::string& broken, SyncGroup& group);

/// Moves the folder to done/ (or failed/ when broken) in one rename, or does nothing when it is not there any more,
/// after an earlier try or a crash. Adds what is to be synced so that a power cut does not take it back.
Result<void> retire(const Layout& layout, const Job& job, const std::string& broken, SyncGroup& group);

}  // namespace gannet::store
