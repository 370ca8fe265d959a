#include "cli/status.hpp"

#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <fstream>

#include "cli/find_jobs.hpp"
#include "cli/job_view.hpp"
#include "cli/status_view.hpp"
#include "core/disk.hpp"
#include "report/human.hpp"
#include "report/summary.hpp"

namespace gannet::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t room_for_status = 64 << 10;
constexpr std::uintmax_t largest = 64 << 20;     // bytes of a status file
constexpr std::size_t longest_reason = 4 << 10;  // bytes of reason.txt
constexpr int missed_intervals = 5;              // without a new status: the daemon is gone or stuck
constexpr milliseconds patience{10000};  // but a busy machine may be late with a status that is due all the time

Result<std::string> read_text(const fs::path& path) {
  const auto fault = [&path](const std::string& what) {
    return Fault{Reason::disk_error, path.string() + ": " + what};
  };
  std::error_code error;
  const auto kind = fs::status(path, error).type();
  if (kind == fs::file_type::not_found) return fault("no such file: has gannetd run with this configuration?");
  if (!error && kind != fs::file_type::regular) return fault("not a regular file");
  std::ifstream file(path, std::ios::binary);
  if (error || !file) {
    if (!error) error = last_error();
    return fault(error.message() + (error == std::errc::permission_denied ? ": are you in group gannet?" : ""));
  }
  std::string text(std::min(fs::file_size(path, error), largest), '\0');
  if (error) return fault(error.message());
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

// Whether the process is a daemon of ours: after long its number may be another's.
bool is_ours(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/comm");
  std::string name;
  return std::getline(file, name) && (name == "gannetd" || name == "gannet");
}

bool print(const std::string& text) {
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
}

// Waits for the time, or less when it is time to end, which it returns.
bool told_to_end(const sigset_t& signals, milliseconds longest) {
  const timespec time{longest.count() / 1000, longest.count() % 1000 * 1'000'000};
  return ::sigtimedwait(&signals, nullptr, &time) > 0;
}

// What to show, and whether there is nothing more to come.
struct Shown {
  std::string text;
  bool last = false;
};

std::string kept_reason(const fs::path& folder) {
  const auto text = read_start(folder / "reason.txt", longest_reason);
  return text ? text->substr(0, text->find('\n')) : std::string();
}

// The file as it is, and in front of that what it cannot know.
std::string with_life(std::string_view file, Life life) {
  constexpr std::array<std::string_view, 4> names{"gone", "silent", "mute", "alive"};
  return "{\"daemon\":\"" + std::string(names.at(static_cast<std::size_t>(life))) + "\"," +
         std::string(file.substr(file.find('{') + 1));
}

class StatusReader {
 public:
  explicit StatusReader(const StatusOptions& options) : options_(options) {}

  Result<Shown> look() const {
    if (options_.job.empty()) return look_at_all();
    const Layout layout{options_.settings.store.root};
    auto found = find_jobs(layout, options_.job);
    if (!found) return found.error();
    if (found->size() != 1) return Fault{Reason::disk_error, "say which job"};  // "all"
    return found->front().state == JobState::active ? look_at_active(found->front()) : look_at_ended(found->front());
  }

 private:
  fs::path file() const { return options_.settings.report.logs / "status.json"; }

  Life life(const report::Status& status) const {
    const auto life = life_of(status, wall_now(), options_.settings.report.status_interval);
    if (life != Life::silent) return life;
    std::error_code error;
    const auto space = fs::space(options_.settings.report.logs, error);
    return !error && space.available < room_for_status ? Life::mute : life;
  }

  Result<Shown> look_at_all() const {
    const auto text = read_text(file());
    if (!text) return text.error();
    const auto status = parse(*text);
    if (!status) return status.error();
    const Life now = life(*status);
    return Shown{options_.json ? with_life(*text, now) : status_view(*status, now)};
  }

  Result<report::Status> parse(const std::string& text) const {
    auto status = report::parse_status(text);
    if (!status) return Fault{Reason::disk_error, file().string() + ": " + status.error().detail};
    return status;
  }

  Result<Shown> look_at_active(const FoundJob& job) const {
    const auto text = read_text(file());
    if (!text) return text.error();
    const auto status = parse(*text);
    if (!status) return status.error();
    const auto& jobs = status->snapshot.jobs;
    const auto known = std::ranges::find(jobs, job.job.id, &JobStatus::id);
    if (known == jobs.end()) {  // just claimed, or just ended
      const std::string unknown = "job " + job.job.id + " is active, but the daemon has told nothing of it yet";
      if (!options_.follow) return Fault{Reason::disk_error, unknown};
      return Shown{options_.json ? "" : line(unknown)};
    }
    if (options_.json) return Shown{report::job_json(*known)};
    return Shown{*job_status_view(*status, life(*status), job.job.id)};
  }

  Result<Shown> look_at_ended(const FoundJob& job) const {
    const auto path = job.job.folder / "summary.json";
    const auto text = read_text(path);
    if (!text) return text.error();
    const auto summary = report::parse_summary(*text);
    if (!summary) return Fault{Reason::disk_error, path.string() + ": " + summary.error().detail};
    if (options_.json) return Shown{*text, true};
    return Shown{ended_view(job, *summary, kept_reason(job.job.folder)), true};
  }

  const StatusOptions& options_;
};

class StatusPrinter {
 public:
  explicit StatusPrinter(const StatusOptions& options)
      : follow_(options.follow),
        redraw_(options.follow && !options.json && ::isatty(STDOUT_FILENO)),
        apart_(options.follow && !options.json) {}

  /// False when nobody reads what is printed.
  bool show(const Shown& shown) {
    if (redraw_) {  // from the top left, what was there erased
      winsize screen{};
      ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &screen);
      return print("\x1b[H\x1b[J" + fitted(shown.text, screen.ws_row, screen.ws_col));
    }
    if (follow_ && shown.text == printed_) return true;
    const std::string before = apart_ && !printed_.empty() ? "\n" : "";
    printed_ = shown.text;
    return print(before + printed_);
  }

 private:
  const bool follow_;
  const bool redraw_;
  const bool apart_;  // an empty line between two pages
  std::string printed_;
};

}  // namespace

Life life_of(const report::Status& status, WallTime now, milliseconds interval) {
  const bool there = ::kill(status.pid, 0) == 0 || errno == EPERM;
  if (there && now - status.snapshot.time <= std::max(missed_intervals * interval, patience)) return Life::alive;
  return is_ours(status.pid) ? Life::silent : Life::gone;
}

int status(const StatusOptions& options) {
  sigset_t signals;
  sigemptyset(&signals);
  if (options.follow) {
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  }
  const StatusReader reader(options);
  StatusPrinter printer(options);
  bool ended = false;
  do {
    const auto shown = reader.look();
    if (!shown) {
      std::fprintf(stderr, "gannet: %s\n", report::printable(shown.error().detail).c_str());
      return 1;
    }
    if (!printer.show(*shown)) return 1;
    ended = shown->last;
  } while (options.follow && !ended && !told_to_end(signals, options.settings.report.status_interval));
  return 0;
}

}  // namespace gannet::cli
