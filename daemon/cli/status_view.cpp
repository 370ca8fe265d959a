#include "cli/status_view.hpp"

#include <algorithm>

#include "cli/job_view.hpp"
#include "core/text.hpp"
#include "report/human.hpp"

namespace gannet::cli {
namespace {

using report::human_duration;
using report::printable;
using report::whole;

constexpr std::size_t most_listed = 10;  // hosts, and files; --json has all
constexpr std::size_t most_explained = 5;

std::string state_line(const report::Status& status, Life life) {
  const Snapshot& now = status.snapshot;
  const std::string name = "gannet " + printable(status.version);
  const std::string when = to_the_second(now.time);
  if (now.state == "stopped") return line(name + "  stopped at " + when);
  if (life == Life::gone) return line(name + "  not running; last heard of at " + when);
  if (life == Life::silent) {
    return line(name + "  pid " + std::to_string(status.pid) + " is there, but told nothing since " + when) +
           line("  It hangs: the journal may say more");
  }
  if (life == Life::mute) {
    return line(name + "  pid " + std::to_string(status.pid) + "  works; no room for logs since " + when) +
           line("  Make room on it. The fetching goes on, and its messages are in the journal");
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

std::string log_lines(const LogStatus& logs) {
  const std::string lost = logs.lost > 0 ? ", " + human_count(logs.lost) + " lines are lost" : "";
  return '\n' + line("a log takes nothing since " + to_the_second(logs.since) + lost) +
         line("  " + printable(logs.why));
}

std::string hook_line(const HookStatus& hook) {
  std::string out =
      line("  " + printable(hook.name) + (hook.running ? "  runs" : "  does not run: " + printable(hook.why)));
  std::string counts =
      "    " + human_count(hook.acknowledged) + " acknowledged  " + human_count(hook.waiting) + " waiting";
  if (hook.dropped > 0) counts += "  " + human_count(hook.dropped) + " dropped";
  if (hook.left_out > 0) counts += "  " + human_count(hook.left_out) + " left out";
  if (hook.restarts > 0) counts += "  " + human_count(hook.restarts) + " restarts";
  return out + line(counts);
}

std::string trouble_lines(const TroubleStatus& trouble) {
  return '\n' +
         line("local trouble since " + to_the_second(trouble.since) + ", next probe in " +
              human_duration(trouble.next_probe)) +
         line("  " + printable(trouble.why));
}

// What holds up all jobs.
std::string trouble_of_all(const Snapshot& now) {
  std::string out;
  if (now.disk) out += disk_lines(*now.disk);
  if (now.logs) out += log_lines(*now.logs);
  if (now.trouble) out += trouble_lines(*now.trouble);
  return out;
}

// What may hold up one of them: hosts are shared.
std::string parked_line(const std::vector<HostStatus>& parked) {
  if (parked.empty()) return {};
  std::uint64_t queued = 0;
  for (const HostStatus& host : parked) queued += host.queued;
  return '\n' + line("parked hosts: " + human_count(parked.size()) + ", with " + human_count(queued) +
                     " queued lines of all jobs; gannet status names them");
}

std::string host_line(const HostStatus& host) {
  const std::string times = host.parks > 1 ? ", " + human_count(host.parks) + " times in a row" : "";
  return line("  " + printable(host.origin) + "  " + printable(host.why) + times) +
         line("    for " + human_duration(host.parked_for) + "  " + human_count(host.queued) + " queued  limit " +
              human_count(host.limit));
}

std::string file_line(const BlockedFile& file) {
  return line("  " + printable(file.path)) + line("    " + printable(file.why));
}

template <class T>
std::string list(std::string_view title, const std::vector<T>& values, std::string (*describe)(const T&)) {
  if (values.empty()) return {};
  std::string out = '\n' + std::string(title) + ": " + human_count(values.size()) + '\n';
  for (std::size_t i = 0; i < std::min(values.size(), most_listed); ++i) out += describe(values[i]);
  if (values.size() > most_listed) out += "  and " + human_count(values.size() - most_listed) + " more\n";
  return out;
}

// Of the jobs that are worked on; when there are none, since the start.
Totals all_of(const Snapshot& now) {
  if (now.jobs.empty()) return now.totals;
  Totals all;
  for (const JobStatus& job : now.jobs) {
    all.lines += job.totals.lines;
    for (std::size_t i = 0; i < reason_count; ++i) all.by_reason[i] += job.totals.by_reason[i];
  }
  return all;
}

}  // namespace

std::string status_view(const report::Status& status, Life life) {
  std::string out = state_line(status, life);
  const Snapshot& now = status.snapshot;
  const bool alive = life == Life::alive;
  if (alive && now.state != "stopped") out += rate_lines(now);
  if (alive) out += trouble_of_all(now);
  for (std::size_t i = 0; i < std::min(now.jobs.size(), most_listed); ++i) out += job_lines(now.jobs[i]);
  if (now.jobs.size() > most_listed) {
    out += '\n' + line("and " + human_count(now.jobs.size() - most_listed) + " more jobs: gannet status JOB");
  }
  if (now.jobs.empty()) out += "  no jobs\n";
  if (now.waiting_lists > 0)
    out += '\n' + line("lists that wait in the inbox for others to end: " + human_count(now.waiting_lists));
  out += why_lines(all_of(now), most_explained);
  out += list("parked hosts", now.parked, host_line);
  if (alive) out += list("hooks", now.hooks, hook_line);
  out += list("blocked files", now.blocked, file_line);
  return out;
}

std::optional<std::string> job_status_view(const report::Status& status, Life life, std::string_view job) {
  const auto found = std::ranges::find(status.snapshot.jobs, job, &JobStatus::id);
  if (found == status.snapshot.jobs.end()) return std::nullopt;
  const bool alive = life == Life::alive;
  return state_line(status, life) + (alive ? trouble_of_all(status.snapshot) : "") + job_lines(*found) +
         why_lines(found->totals, reason_count) + (alive ? parked_line(status.snapshot.parked) : "");
}

std::string fitted(const std::string& page, std::size_t rows, std::size_t columns) {
  if (rows == 0 || columns == 0) return page;
  const auto lines = static_cast<std::size_t>(std::ranges::count(page, '\n'));
  const bool cut = lines >= rows;  // the cursor stands on a line of its own
  const std::size_t kept = cut ? rows - std::min<std::size_t>(rows, 2) : lines;
  std::string out;
  std::string_view rest = page;
  for (std::size_t i = 0; i < kept; ++i) {
    const auto end = rest.find('\n');
    out += report::shortened(rest.substr(0, end), columns) + '\n';
    rest.remove_prefix(end + 1);
  }
  if (cut) out += report::shortened("and " + human_count(lines - kept) + " more lines", columns) + '\n';
  return out;
}

}  // namespace gannet::cli
