#include "report/log_file.hpp"

#include <fcntl.h>

#include <algorithm>
#include <stdexcept>

namespace gannet::report {
namespace {

constexpr std::size_t most_waiting = 1 << 20;  // bytes kept while the disk refuses them; newer lines are dropped

Descriptor open_to_append(const std::filesystem::path& path) {
  Descriptor file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640));
  if (!file) {
    const auto error = last_error();
    throw std::runtime_error(path.string() + ": cannot open the log: " + error.message());
  }
  return file;
}

}  // namespace

LogFile::LogFile(std::filesystem::path path, std::size_t batch)
    : path_(std::move(path)), batch_(batch), file_(open_to_append(path_)) {}

LogFile::~LogFile() {
  std::string_view rest = waiting_;
  (void)write_all(file_.get(), rest);
}

void LogFile::reopen() {
  const std::lock_guard lock(mutex_);
  Descriptor fresh = open_to_append(path_);
  try {
    flush_();
  } catch (const spdlog::spdlog_ex&) {
    // The old file's disk refuses: what waits goes to the new one.
  }
  file_ = std::move(fresh);
}

void LogFile::sink_it_(const spdlog::details::log_msg& message) {
  spdlog::memory_buf_t line;
  formatter_->format(message, line);
  // One message is always accepted, however long; otherwise it could never be written.
  if (!waiting_.empty() && waiting_.size() + line.size() > std::max(most_waiting, batch_)) {
    dropped_ += static_cast<std::uint64_t>(std::count(line.begin(), line.end(), '\n'));
    flush_();  // throws, and so loses this line, as long as the disk refuses
  }
  waiting_.append(line.data(), line.size());
  if (waiting_.size() >= batch_) flush_();
}

void LogFile::flush_() {
  std::string_view rest = waiting_;
  const auto error = write_all(file_.get(), rest);
  waiting_.erase(0, waiting_.size() - rest.size());  // a line written in part goes on where it stopped
  if (!error) {
    dropped_ = 0;
    return;
  }
  std::string what = path_.string() + ": " + error.message();
  if (dropped_ > 0) what += " (" + std::to_string(dropped_) + " lines lost)";
  throw spdlog::spdlog_ex(what);
}

}  // namespace gannet::report
