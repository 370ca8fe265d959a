// The logs: spdlog's default logger (gannet.log, for people) and completions.jsonl (a line for every record of every
// job). Created by main before other threads log, destroyed after they have ended. All functions may be called from
// any thread. Does not decide what is said; a log that cannot be written never stops the work.
#pragma once

#include <memory>
#include <string_view>

#include "core/settings.hpp"
#include "core/snapshot.hpp"

namespace spdlog {
class logger;
namespace details {
class thread_pool;
}
}  // namespace spdlog

namespace gannet::report {

class LogFile;

class Logs {
 public:
  /// Makes the folder if it is missing, opens the files and becomes spdlog's default logger; with `console_too` the
  /// messages go to stderr as well. std::runtime_error, naming the path, when a file cannot be opened.
  Logs(const ReportSettings& settings, bool console_too);

  /// Writes all that was logged, then gives spdlog its previous default logger back.
  ~Logs();
  Logs(const Logs&) = delete;
  Logs& operator=(const Logs&) = delete;

  /// Queues records, as append_json() wrote them, for completions.jsonl. Waits while the queue is full: no record is
  /// dropped for lack of speed. Does nothing when the settings leave completions out.
  void completed(std::string_view json_lines);

  /// Goes on in the files that have the names now, for logrotate. No line is lost; a file that cannot be opened leaves
  /// the old one in use and says so in the log.
  void reopen();

  /// Lets what was logged so far become visible in the files. Call at each status tick: completions are otherwise
  /// written only 64 KiB at a time. Does not wait for the completions still queued.
  void flush();

  /// What a running daemon may change: the level, and how large files become and how many are kept.
  void apply(const ReportSettings& settings);

  /// The file that takes nothing at present, if one does.
  std::optional<LogStatus> refusal() const;

 private:
  // spdlog shares sinks and loggers between the loggers, its queue and its registry, so these cannot be unique.
  std::shared_ptr<spdlog::logger> previous_;
  std::shared_ptr<LogFile> log_file_;
  std::shared_ptr<spdlog::logger> log_;
  std::shared_ptr<LogFile> completions_file_;
  std::shared_ptr<spdlog::details::thread_pool> writer_;  // one thread, which writes the completions
  std::shared_ptr<spdlog::logger> completions_;
  std::size_t most_together_ = 1;  // records in one message to the writer
};

}  // namespace gannet::report
