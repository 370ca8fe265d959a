// What became of a finished job: summary.json for programs, a few lines for people. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/job.hpp"
#include "core/totals.hpp"

namespace gannet::report {

/// The text of done/<job>/summary.json: one JSON object on one line, newline included.
std::string summary_json(const Job& job, const Totals& totals, WallTime finished);

/// What summary.json says of a job that has ended.
struct Summary {
  std::string job;
  WallTime claimed{};
  WallTime finished{};
  double seconds = 0;
  Totals totals;
};

/// Reads what summary_json wrote; without the id of a job it is a `disk_error`, anything else that is missing or makes
/// no sense reads as its default.
Result<Summary> parse_summary(std::string_view text);

/// What on_job_done is told of a job that has ended: its summary, and where it is now. One JSON object on one line,
/// newline included. `broken` is why its list could not be read to its end.
Result<std::string> ended_line(std::string_view summary, const std::filesystem::path& folder,
                               const std::string& broken);

/// A few aligned lines, each ended by a newline: outcomes, failures by reason (most frequent first), sizes, rate.
std::string summary_text(std::string_view job_id, const Totals& totals, seconds duration);

/// The reasons that occurred and their counts, most frequent first; `Reason::none` is not among them.
std::vector<std::pair<Reason, std::uint64_t>> ranked_reasons(const Totals& totals);

}  // namespace gannet::report
