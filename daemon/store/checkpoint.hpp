// active/<job>/checkpoint: how far a job had got at some place of its journal, so that a restart reads only what is
// behind that (docs/formats.md). A hint: the journal is the truth, and whatever is odd about a checkpoint makes it
// worthless, not wrong. Free functions; one writer a job.
#pragma once

#include <optional>

#include "core/atomic_file.hpp"
#include "core/job.hpp"
#include "store/progress.hpp"

namespace gannet::store {

/// Which file the list of a job is: inode, size and time of change. Empty when it cannot be told.
std::string list_identity(const Job& job);

/// `list` is the identity of the list that the mark is of. The records up to there must be durable. Faults: those of
/// the disk.
Result<void> write_checkpoint(const Job& job, const Progress& progress, const std::string& list, Durable durable);

void remove_checkpoint(const Job& job);

/// Nothing when there is none. Faults: the detail says why it is worth nothing.
Result<std::optional<Progress>> read_checkpoint(const Job& job);

}  // namespace gannet::store
