#include "cli/progress.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "cli/gauge.hpp"
#include "core/text.hpp"
#include "report/human.hpp"

namespace gannet::cli {
namespace {

constexpr seconds between_lines{5};

// This process's part of the work: what it has done, and with that what its active jobs still have before them.
// Jobs that are finished are no longer listed, but counted in the totals.
std::optional<Extent> extent_of_all(const Snapshot& snapshot) {
  Extent all{snapshot.totals.lines, true};
  for (const JobStatus& job : snapshot.jobs) {
    const auto extent = extent_of(job);
    if (!extent) return std::nullopt;
    all.lines += extent->lines - std::min(extent->lines, job.totals.lines);
    all.exact = all.exact && extent->exact;
  }
  return all;
}

std::optional<seconds> longest_remaining(const Snapshot& snapshot) {
  std::optional<seconds> longest;
  for (const JobStatus& job : snapshot.jobs) {
    if (!job.remaining) return std::nullopt;
    longest = std::max(longest.value_or(0s), *job.remaining);
  }
  return longest;
}

double fraction_done(const Snapshot& snapshot) {
  const auto extent = extent_of_all(snapshot);
  if (!extent || extent->lines == 0) return 0;
  return static_cast<double>(snapshot.totals.lines) / static_cast<double>(extent->lines);
}

// With many hosts some are always parked; it matters when all that is left waits for them.
std::string waits_for_parked(const Snapshot& snapshot) {
  if (snapshot.in_flight > 0) return {};
  const HostStatus* first = nullptr;  // to be asked again
  std::size_t hosts = 0;
  for (const HostStatus& host : snapshot.parked) {
    if (host.queued == 0) continue;
    ++hosts;
    if (!first || host.parked_for < first->parked_for) first = &host;
  }
  if (!first) return {};
  const std::string who = hosts == 1 ? on_one_line(first->origin) + " (" + on_one_line(first->why) + ")"
                                     : human_count(hosts) + " parked hosts";
  return "waiting " + report::human_duration(first->parked_for) + " for " + who + "  ";
}

std::string what_holds_it_up(const Snapshot& snapshot) {
  if (snapshot.state == "draining") return "stopping  ";
  if (snapshot.disk) return "the disk takes nothing  ";
  if (snapshot.trouble) return "local trouble  ";
  return waits_for_parked(snapshot);
}

enum class Detail : bool { brief, full };

std::string line_of(const Snapshot& snapshot, Detail detail) {
  const Totals& totals = snapshot.totals;
  std::string out = what_holds_it_up(snapshot);
  out += human_count(totals.lines) + ' ' + of_extent(extent_of_all(snapshot));
  if (detail == Detail::full) out += " lines";
  for (const auto outcome : {Outcome::ok, Outcome::failed, Outcome::skipped, Outcome::invalid}) {
    const bool always = outcome == Outcome::ok || outcome == Outcome::failed;
    if (!always && totals.of(outcome) == 0) continue;
    out += "  " + human_count(totals.of(outcome)) + ' ' + std::string(to_string(outcome));
  }
  out += "  " + human_count(report::whole(snapshot.rates.records_10s)) + "/s";
  if (detail == Detail::full) out += "  " + human_bytes(report::whole(snapshot.rates.bytes_10s)) + "/s";
  if (const auto remaining = longest_remaining(snapshot)) out += "  ETA " + report::human_duration(*remaining);
  return out;
}

// Where there is little room the words get fewer, then the bar goes.
std::string line_with_bar(const Snapshot& snapshot, std::size_t columns) {
  constexpr std::size_t narrowest = 8, widest = 32, around = 7;  // around: the percentage and two blanks
  const double fraction = fraction_done(snapshot);
  for (const auto detail : {Detail::full, Detail::brief}) {
    const std::string line = line_of(snapshot, detail);
    const std::size_t taken = report::width(line) + around;
    if (taken + narrowest > columns) continue;
    return bar(fraction, std::min(columns - taken, widest)) + percent(fraction) + "  " + line;
  }
  return report::shortened(line_of(snapshot, Detail::full), columns);
}

}  // namespace

std::string progress_line(const Snapshot& snapshot) { return line_of(snapshot, Detail::full); }

std::string Progress::update(const Snapshot& snapshot, TimePoint now, std::size_t columns) {
  if (columns == 0) {
    if (!last_line_) last_line_ = now;  // a run shorter than this needs no line
    if (now - *last_line_ < between_lines) return {};
    last_line_ = now;
    return progress_line(snapshot) + '\n';
  }
  const std::string line = line_with_bar(snapshot, columns - 1);  // the last column would make some terminals wrap
  const std::size_t before = std::min(std::exchange(drawn_, report::width(line)), columns - 1);
  return '\r' + line + std::string(before - std::min(before, drawn_), ' ');
}

std::string Progress::clear() {
  if (drawn_ == 0) return {};
  return '\r' + std::string(std::exchange(drawn_, 0), ' ') + '\r';
}

std::size_t terminal_columns(int fd) {
  if (!::isatty(fd)) return 0;
  winsize size{};
  const bool known = ::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : 80;
}

void show(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

}  // namespace gannet::cli
