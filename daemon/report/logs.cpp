#include "report/logs.hpp"

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
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

// Messages quote URLs, file names and servers' words: what could forge a line or command a terminal is taken out.
class SafeFormatter final : public spdlog::formatter {
 public:
  explicit SafeFormatter(std::string pattern)
      : pattern_(std::move(pattern)), inner_(pattern_, spdlog::pattern_time_type::utc, "\n") {}

  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    const std::string text = printable({message.payload.data(), message.payload.size()});
    spdlog::details::log_msg safe = message;
    safe.payload = text;
    inner_.format(safe, out);
  }

  std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<SafeFormatter>(pattern_); }

 private:
  const std::string pattern_;
  spdlog::pattern_formatter inner_;
};

// When a log cannot be written, stderr is all that is left to say so; not for every line, though.
std::function<void(const std::string&)> complain_on_stderr() {
  struct Last {
    std::atomic<Clock::rep> time{(Clock::now() - between_complaints).time_since_epoch().count()};
  };
  return [last = std::make_shared<Last>()](const std::string& what) {  // shared by the copies spdlog makes
    const auto now = Clock::now().time_since_epoch().count();
    auto before = last->time.load();
    if (Duration(now - before) < between_complaints) return;
    if (!last->time.compare_exchange_strong(before, now)) return;
    std::fprintf(stderr, "gannet: logging failed: %s\n", printable(what).c_str());
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
    console->set_formatter(std::make_unique<SafeFormatter>("%v"));
    log_->sinks().push_back(std::move(console));
  }
  log_->set_level(to_spdlog(settings.level));
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
}

void Logs::set_level(LogLevel level) { log_->set_level(to_spdlog(level)); }

}  // namespace gannet::report
