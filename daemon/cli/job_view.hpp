// A job as text for a terminal of 80 columns: how far it is, how it ended, and why lines have no image. Pure functions;
// what comes from outside is made harmless.
#pragma once

#include <string>

#include "cli/find_jobs.hpp"
#include "core/snapshot.hpp"
#include "report/summary.hpp"

namespace gannet::cli {

/// The text as one line, cut at 80 columns.
std::string line(const std::string& text);

/// "2026-11-22T10:15:02Z".
std::string to_the_second(WallTime time);

/// Its id, a bar with rate and time to go, and its outcomes; an empty line first.
std::string job_lines(const JobStatus& job);

/// Each reason with its share of all records and what can be done about it, the most frequent first; when it is more
/// than `most`, the last line says how many are left out. Empty when there are none.
std::string why_lines(const Totals& totals, std::size_t most);

/// A job that has ended. `broken` is why its list could not be read to the end.
std::string ended_view(const FoundJob& job, const report::Summary& summary, const std::string& broken);

}  // namespace gannet::cli
