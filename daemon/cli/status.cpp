#include "cli/status.hpp"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fstream>

#include "cli/status_view.hpp"
#include "core/disk.hpp"

namespace gannet::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t largest = 64 << 20;  // bytes of a status file
constexpr int missed_intervals = 5;           // without a new status: the daemon is gone or stuck
constexpr milliseconds patience{10000};       // but a busy machine may be late with a status that is due all the time

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

class StatusPrinter {
 public:
  explicit StatusPrinter(const StatusOptions& options) : options_(options) {}

  /// False when nobody reads what is printed.
  bool show(const std::string& text, const report::Status& status) {
    if (options_.json) return print_changed(text);
    const auto page = status_view(status, life_of(status, wall_now(), options_.settings.report.status_interval));
    if (!options_.follow) return print(page);
    if (::isatty(STDOUT_FILENO)) return print("\x1b[H\x1b[J" + page);  // from the top left, what was there erased
    return print_changed(page + '\n');
  }

 private:
  bool print_changed(const std::string& text) {
    if (text == printed_) return true;
    printed_ = text;
    return print(text);
  }

  const StatusOptions& options_;
  std::string printed_;
};

}  // namespace

Life life_of(const report::Status& status, WallTime now, milliseconds interval) {
  const bool there = ::kill(status.pid, 0) == 0 || errno == EPERM;
  if (there && now - status.snapshot.time <= std::max(missed_intervals * interval, patience)) return Life::alive;
  return is_ours(status.pid) ? Life::silent : Life::gone;
}

int status(const StatusOptions& options) {
  const fs::path path = options.settings.report.logs / "status.json";
  sigset_t signals;
  sigemptyset(&signals);
  if (options.follow) {
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  }
  StatusPrinter printer(options);
  do {
    const auto text = read_text(path);
    const auto parsed = text ? report::parse_status(*text) : Result<report::Status>(text.error());
    if (!parsed) {
      const std::string where = text ? path.string() + ": " : "";
      std::fprintf(stderr, "gannet: %s%s\n", where.c_str(), parsed.error().detail.c_str());
      return 1;
    }
    if (!printer.show(*text, *parsed)) return 1;
  } while (options.follow && !told_to_end(signals, options.settings.report.status_interval));
  return 0;
}

}  // namespace gannet::cli
