// Opens the list of a claimed job and completes the job with what the list says of itself. Free function; one thread a
// job.
#pragma once

#include <memory>

#include "core/job.hpp"
#include "core/reason.hpp"
#include "core/row.hpp"
#include "core/settings.hpp"

namespace gannet::inbox {

/// As open_list(), and sets `options` and `priority` of the job. The state of a list that a .job file names is kept in
/// job.json the first time, and must be the same at every later one: `disk_error` otherwise. With `again_in`, also when
/// job.json cannot be written now, nothing is wrong with the list: the job is as it was, and to be opened later.
Result<std::unique_ptr<RowSource>> open_job(Job& job, const ListSettings& settings);

}  // namespace gannet::inbox
