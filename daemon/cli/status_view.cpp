#include "cli/status_view.hpp"

#include <algorithm>

#include "cli/gauge.hpp"
#include "core/text.hpp"
#include "report/human.hpp"
#include "report/summary.hpp"

namespace gannet::cli {
namespace {

using report::human_duration;
using report::printable;
using report::whole;

constexpr std::size_t columns = 80;
constexpr std::size_t most_listed = 10;  // hosts, and files; --json has all
constexpr std::size_t most_reasons = 3;

std::string line(const std::string& text) { return report::shortened(text, columns) + '\n'; }

std::string to_the_second(WallTime time) { return to_rfc3339(std::chrono::floor<seconds>(time)).substr(0, 19) + 'Z'; }

std::string state_line(const report::Status& status, Life life) {
  const Snapshot& now = status.snapshot;
  const std::string name = "gannet " + printable(status.version);
  const std::string when = to_the_second(now.time);
  if (now.state == "stopped") return line(name + "  stopped at " + when);
  if (life == Life::gone) return line(name + "  not running; last heard of at " + when);
  if (life == Life::silent) {
    return line(name + "  pid " + std::to_string(status.pid) + " is there, but told nothing since " + when) +
           line("  It hangs, or the disk of its logs is full: its messages are on stderr then");
  }
  return line(name + "  " + now.state + "  up " + human_duration(now.uptime) + "  pid " + std::to_string(status.pid));
}

std::string rate_lines(const Snapshot& now) {
  const Rates& rates = now.rates;
  return line("  last 10 s  " + human_count(whole(rates.records_10s)) + "/s  " + human_bytes(whole(rates.bytes_10s)) +
              "/s    last 60 s  " + human_count(whole(rates.records_60s)) + "/s  " +
              human_bytes(whole(rates.bytes_60s)) + "/s") +
         line("  in flight " + human_count(now.in_flight) + " of " + human_count(now.in_flight_limit) +
              "  connections " + human_count(now.connections) + "  unwritten " + human_bytes(now.unwritten_bytes)) +
         line("  queued " + human_count(now.queued) + "  retrying " + human_count(now.retrying));
}

std::string disk_lines(const DiskStatus& disk) {
  return '\n' + line("the disk takes nothing since " + to_the_second(disk.since) + ", so nothing is fetched") +
         line("  " + printable(disk.why));
}

std::string trouble_lines(const TroubleStatus& trouble) {
  return '\n' +
         line("local trouble since " + to_the_second(trouble.since) + ", next probe in " +
              human_duration(trouble.next_probe)) +
         line("  " + printable(trouble.why));
}

std::string job_lines(const JobStatus& job) {
  const auto extent = extent_of(job);
  const bool judged = extent && extent->lines > 0;
  const double done = judged ? static_cast<double>(job.totals.lines) / static_cast<double>(extent->lines) : 0;
  std::string out = '\n' + line(printable(job.id));

  std::string counts =
      "  " + bar(done, 22) + percent(done) + "  " + human_count(job.totals.lines) + ' ' + of_extent(extent);
  if (job.remaining) counts += "  ETA " + human_duration(*job.remaining);
  out += line(counts);

  std::string outcomes = " ";
  for (const auto outcome : {Outcome::ok, Outcome::failed, Outcome::skipped, Outcome::invalid}) {
    const auto count = job.totals.of(outcome);
    if (count > 0) outcomes += ' ' + human_count(count) + ' ' + std::string(to_string(outcome)) + ' ';
  }
  const auto reasons = report::ranked_reasons(job.totals);
  for (std::size_t i = 0; i < std::min(reasons.size(), most_reasons); ++i) {
    outcomes +=
        (i == 0 ? " (" : ", ") + std::string(to_string(reasons[i].first)) + ' ' + human_count(reasons[i].second);
  }
  if (!reasons.empty()) outcomes += reasons.size() > most_reasons ? ", ...)" : ")";
  if (job.totals.lines > 0) out += line(outcomes);
  return out;
}

std::string host_line(const HostStatus& host) {
  const std::string times = host.parks > 1 ? ", " + human_count(host.parks) + " times in a row" : "";
  return line("  " + printable(host.origin) + "  " + printable(host.why) + times) +
         line("    for " + human_duration(host.parked_for) + "  " + human_count(host.queued) + " queued  limit " +
              human_count(host.limit));
}

std::string file_line(const BlockedFile& file) {
  return line("  " + printable(file.path) + "  " + printable(file.why));
}

template <class T>
std::string list(std::string_view title, const std::vector<T>& values, std::string (*describe)(const T&)) {
  if (values.empty()) return {};
  std::string out = '\n' + std::string(title) + '\n';
  for (std::size_t i = 0; i < std::min(values.size(), most_listed); ++i) out += describe(values[i]);
  if (values.size() > most_listed) out += "  and " + human_count(values.size() - most_listed) + " more\n";
  return out;
}

}  // namespace

std::string status_view(const report::Status& status, Life life) {
  std::string out = state_line(status, life);
  const Snapshot& now = status.snapshot;
  const bool alive = life == Life::alive;
  if (alive && now.state != "stopped") out += rate_lines(now);
  if (alive && now.disk) out += disk_lines(*now.disk);
  if (alive && now.trouble) out += trouble_lines(*now.trouble);
  for (const JobStatus& job : now.jobs) out += job_lines(job);
  if (now.jobs.empty()) out += "  no jobs\n";
  if (now.waiting_lists > 0)
    out += '\n' + line("lists that wait in the inbox for others to end: " + human_count(now.waiting_lists));
  out += list("parked hosts", now.parked, host_line);
  out += list("blocked files", now.blocked, file_line);
  return out;
}

}  // namespace gannet::cli
