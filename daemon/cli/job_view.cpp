#include "cli/job_view.hpp"

#include <algorithm>

#include "cli/gauge.hpp"
#include "core/text.hpp"
#include "report/hints.hpp"
#include "report/human.hpp"

namespace gannet::cli {
namespace {

using report::human_duration;
using report::human_percent;
using report::printable;

constexpr std::size_t columns = 80;
constexpr std::size_t bar_columns = 22;
constexpr std::size_t most_named = 3;  // reasons beside the outcomes

// Broken at blanks; the lines after the first are indented further. Nothing here is a word of more than a line.
std::string wrapped(std::string text) {
  std::string out;
  while (text.size() > columns) {
    const auto end = text.rfind(' ', columns);
    out += text.substr(0, end) + '\n';
    text = "    " + text.substr(end + 1);
  }
  return out + text + '\n';
}

std::string outcomes_of(const Totals& totals) {
  std::string out = " ";
  for (const auto outcome : {Outcome::ok, Outcome::failed, Outcome::skipped, Outcome::invalid}) {
    const auto count = totals.of(outcome);
    if (count > 0) out += ' ' + human_count(count) + ' ' + std::string(to_string(outcome)) + ' ';
  }
  return out;
}

}  // namespace

std::string line(const std::string& text) { return report::shortened(text, columns) + '\n'; }

std::string to_the_second(WallTime time) { return to_rfc3339(std::chrono::floor<seconds>(time)).substr(0, 19) + 'Z'; }

std::string job_lines(const JobStatus& job) {
  const auto extent = extent_of(job);
  const bool judged = extent && extent->lines > 0;
  const double done = judged ? static_cast<double>(job.totals.lines) / static_cast<double>(extent->lines) : 0;
  std::string out = '\n' + line(printable(job.id));

  std::string counts =
      "  " + bar(done, bar_columns) + percent(done) + "  " + human_count(job.totals.lines) + ' ' + of_extent(extent);
  if (const auto rate = report::whole(job.rates.records_10s); rate > 0) counts += "  " + human_count(rate) + "/s";
  if (job.remaining) counts += "  ETA " + human_duration(*job.remaining);
  out += line(counts);

  std::string outcomes = outcomes_of(job.totals);
  const auto reasons = report::ranked_reasons(job.totals);
  for (std::size_t i = 0; i < std::min(reasons.size(), most_named); ++i) {
    outcomes +=
        (i == 0 ? " (" : ", ") + std::string(to_string(reasons[i].first)) + ' ' + human_count(reasons[i].second);
  }
  if (!reasons.empty()) outcomes += reasons.size() > most_named ? ", ...)" : ")";
  if (job.totals.lines > 0) out += line(outcomes);
  return out;
}

std::string why_lines(const Totals& totals, std::size_t most) {
  const auto reasons = report::ranked_reasons(totals);
  if (reasons.empty()) return {};
  std::string out = "\nwhy lines have no image, in percent of all\n";
  for (std::size_t i = 0; i < std::min(reasons.size(), most); ++i) {
    const auto& [reason, count] = reasons[i];
    out += wrapped("  " + std::string(to_string(reason)) + ' ' + human_percent(count, totals.lines) + ": " +
                   std::string(report::hint_for(reason)));
  }
  if (reasons.size() > most) {
    out += line("  and " + human_count(reasons.size() - most) + " more reasons: gannet status JOB has all of a job");
  }
  return out;
}

std::string ended_view(const FoundJob& job, const report::Summary& summary, const std::string& broken) {
  const Totals& totals = summary.totals;
  std::string out = line(printable(job.job.id) + "  " + std::string(name_of(job.state)));
  if (!broken.empty()) out += line("  its list broke: " + printable(broken));
  std::string when = "  ended at " + to_the_second(summary.finished) + " after " +
                     human_duration(seconds(report::whole(summary.seconds)));
  if (summary.seconds > 0) {
    const auto rate = report::whole(static_cast<double>(totals.lines) / summary.seconds);
    if (rate > 0) when += ", " + human_count(rate) + "/s";
  }
  out += line(when);
  out += line(outcomes_of(totals) + " of " + human_count(totals.lines));
  if (const auto stored = totals.of(Outcome::ok); stored > 0) {
    out += line("  stored " + human_bytes(totals.bytes) + ", " + human_bytes(totals.bytes / stored) + " an image");
  }
  out += why_lines(totals, reason_count);
  if (totals.of(Outcome::failed) > 0) out += '\n' + line("fetch again what failed: gannet retry " + job.job.id);
  return out;
}

}  // namespace gannet::cli
