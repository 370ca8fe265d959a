#include "report/logs.hpp"

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <stdexcept>

#include "report/human.hpp"
#include "report/log_file.hpp"

namespace gannet::report {
namespace {

constexpr std::size_t completions_batch = 64 << 10;
constexpr std::size_t records_a_message = 32;  // queueing each alone costs more than writing it
constexpr seconds between_complaints{60};

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

// What the journal takes for the level of a line, and takes off.
std::string_view priority_of(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::critical:
      return "<2>";
    case spdlog::level::err:
      return "<3>";
    case spdlog::level::warn:
      return "<4>";
    case spdlog::level::info:
      return "<6>";
    default:
      return "<7>";
  }
}

// Whether stderr is read by the journal, which says so (systemd.exec(5)).
bool is_journal() {
  const char* stream = std::getenv("JOURNAL_STREAM");
  struct stat info {};
  if (!stream || ::fstat(STDERR_FILENO, &info) != 0) return false;
  return stream == std::to_string(info.st_dev) + ':' + std::to_string(info.st_ino);
}

// Messages quote URLs, file names and servers' words: what could forge a line or command a terminal is taken out.
class SafeFormatter final : public spdlog::formatter {
 public:
  explicit SafeFormatter(std::string pattern, bool with_priority = false)
      : pattern_(std::move(pattern)),
        with_priority_(with_priority),
        inner_(pattern_, spdlog::pattern_time_type::utc, "\n") {}

  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    if (with_priority_) out.append(priority_of(message.level));
    const std::string text = printable({message.payload.data(), message.payload.size()});
    spdlog::details::log_msg safe = message;
    safe.payload = text;
    inner_.format(safe, out);
  }

  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<SafeFormatter>(pattern_, with_priority_);
  }

 private:
  const std::string pattern_;
  const bool with_priority_;
  spdlog::pattern_formatter inner_;
};

// When a log cannot be written, stderr is all that is left to say so; not for every line, though.
std::function<void(const std::string&)> complain_on_stderr() {
  struct Last {
    std::atomic<Clock::rep> time{(Clock::now() - between_complaints).time_since_epoch().count()};
  };
  return [last = std::make_shared<Last>(),
          journal = is_journal()](const std::string& what) {  // shared by the copies spdlog makes
    const auto now = Clock::now().time_since_epoch().count();
    auto before = last->time.load();
    if (Duration(now - before) < between_complaints) return;
    if (!last->time.compare_exchange_strong(before, now)) return;
    std::fprintf(stderr, "%sgannet: logging failed: %s\n", journal ? "<3>" : "", printable(what).c_str());
  };
}

void reopen_or_say(LogFile& file) {
  try {
    file.reopen();
  } catch (const std::runtime_error& error) {
    spdlog::error("{}; still writing to the old file", error.what());
  }
}

}  // namespace

Logs::Logs(const ReportSettings& settings, bool console_too) : previous_(spdlog::default_logger()) {
  std::error_code error;
  std::filesystem::create_directories(settings.logs, error);
  if (error) throw std::runtime_error(settings.logs.string() + ": cannot make the log folder: " + error.message());
  const auto complain = complain_on_stderr();

  log_file_ = std::make_shared<LogFile>(settings.logs / "gannet.log", 0);
  log_file_->set_formatter(std::make_unique<SafeFormatter>("%Y-%m-%dT%H:%M:%S.%eZ %-5l %v"));
  log_ = std::make_shared<spdlog::logger>("gannet", log_file_);
  if (console_too) {
    auto console = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    console->set_formatter(std::make_unique<SafeFormatter>("%v", is_journal()));
    log_->sinks().push_back(std::move(console));
  }
  log_->set_error_handler(complain);

  if (settings.completions) {
    completions_file_ = std::make_shared<LogFile>(settings.logs / "completions.jsonl", completions_batch);
    completions_file_->set_formatter(
        std::make_unique<spdlog::pattern_formatter>("%v", spdlog::pattern_time_type::utc, "\n"));
    most_together_ = std::min<std::size_t>(settings.completions_queue, records_a_message);
    writer_ = std::make_shared<spdlog::details::thread_pool>(settings.completions_queue / most_together_, 1);
    completions_ = std::make_shared<spdlog::async_logger>("completions", completions_file_, writer_,
                                                          spdlog::async_overflow_policy::block);
    completions_->set_error_handler(complain);
  }
  apply(settings);
  spdlog::set_default_logger(log_);  // last: nothing to take back when a file did not open
}

Logs::~Logs() {
  writer_.reset();  // writes what is queued, then ends its thread
  spdlog::set_default_logger(previous_);
}

void Logs::completed(std::string_view json_lines) {
  if (!completions_) return;
  while (!json_lines.empty()) {
    std::size_t end = 0;
    for (std::size_t count = 0; count < most_together_ && end < json_lines.size(); ++count) {
      end = std::min(json_lines.find('\n', end), json_lines.size() - 1) + 1;
    }
    auto message = json_lines.substr(0, end);
    json_lines.remove_prefix(end);
    if (message.ends_with('\n')) message.remove_suffix(1);  // the formatter puts it back
    completions_->log(spdlog::level::info, spdlog::string_view_t(message.data(), message.size()));
  }
}

void Logs::reopen() {
  reopen_or_say(*log_file_);
  if (completions_file_) reopen_or_say(*completions_file_);
}

void Logs::flush() {
  log_->flush();
  if (completions_) completions_->flush();
  for (const auto& file : {log_file_, completions_file_}) {
    if (const auto lost = file ? file->take_lost() : 0) {
      spdlog::error("{} is written again; {} lines were lost while the disk took none", file->path().string(), lost);
    }
  }
}

void Logs::apply(const ReportSettings& settings) {
  log_->set_level(to_spdlog(settings.level));
  for (const auto& file : {log_file_, completions_file_}) {
    if (file) file->keep_to(settings.max_log, settings.kept_logs);
  }
}

std::optional<LogStatus> Logs::refusal() const {
  auto refusal = log_file_->refusal();
  return refusal || !completions_file_ ? refusal : completions_file_->refusal();
}

}  // namespace gannet::report
