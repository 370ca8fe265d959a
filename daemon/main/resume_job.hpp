// The beginning of a job that an earlier run, or an earlier end of its list, has left half done. Free function; whoever
// owns the job at that time.
#pragma once

#include "core/layout.hpp"
#include "core/settings.hpp"
#include "frontier/job_book.hpp"
#include "store/progress.hpp"

namespace gannet {

struct ResumedJob {
  frontier::NewJob job;
  store::Progress progress;
};

/// Recovers one job that was found in active/. Faults, which are told in the log: `bad_url`: it was no list, and is in
/// rejected/ now; others: it cannot go on, and is left where it is.
Result<ResumedJob> resume_job(const Layout& layout, const ListSettings& lists, Job job);

}  // namespace gannet
