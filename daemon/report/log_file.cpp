#include "report/log_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace gannet::report {
namespace {

constexpr seconds between_rotations{60};       // after one that did not work
constexpr std::size_t most_waiting = 1 << 20;  // bytes kept while the disk refuses them; newer lines are dropped

Descriptor open_to_append(const std::filesystem::path& path) {
  Descriptor file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640));
  if (!file) {
    const auto error = last_error();
    throw std::runtime_error(path.string() + ": cannot open the log: " + error.message());
  }
  return file;
}

std::filesystem::path numbered(const std::filesystem::path& path, unsigned number) {
  return path.string() + '.' + std::to_string(number);
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
    write_waiting();
  } catch (const spdlog::spdlog_ex&) {
    // The old file's disk refuses: what waits goes to the new one.
  }
  file_ = std::move(fresh);
}

void LogFile::keep_to(ByteCount max_size, unsigned keep) {
  const std::lock_guard lock(mutex_);
  max_size_ = max_size;
  keep_ = keep;
}

std::optional<LogStatus> LogFile::refusal() {
  const std::lock_guard lock(mutex_);
  return refusal_;
}

std::uint64_t LogFile::take_lost() {
  const std::lock_guard lock(mutex_);
  return std::exchange(lost_, 0);
}

void LogFile::sink_it_(const spdlog::details::log_msg& message) {
  spdlog::memory_buf_t line;
  formatter_->format(message, line);
  // One message is always accepted, however long; otherwise it could never be written.
  if (!waiting_.empty() && waiting_.size() + line.size() > std::max(most_waiting, batch_)) {
    const auto lines = static_cast<std::uint64_t>(std::count(line.begin(), line.end(), '\n'));
    const bool refused = refusal_.has_value();
    if (refused) refusal_->lost += lines;
    write_waiting();  // throws, and so loses this line, as long as the disk refuses
    if (refused) lost_ -= std::min(lost_, lines);
  }
  waiting_.append(line.data(), line.size());
  if (waiting_.size() >= batch_) flush_();
}

void LogFile::flush_() {
  write_waiting();
  rotate_when_large();
}

void LogFile::write_waiting() {
  std::string_view rest = waiting_;
  const auto error = write_all(file_.get(), rest);
  waiting_.erase(0, waiting_.size() - rest.size());  // a line written in part goes on where it stopped
  if (!error) {
    if (refusal_) lost_ += refusal_->lost;
    refusal_.reset();
    return;
  }
  std::string what = path_.string() + ": " + error.message();
  if (!refusal_) refusal_ = LogStatus{wall_now(), what, 0};
  if (refusal_->lost > 0) what += " (" + std::to_string(refusal_->lost) + " lines lost)";
  throw spdlog::spdlog_ex(what);
}

// All that was to be written is: a file ends with the end of a line.
void LogFile::rotate_when_large() {
  struct stat info {};
  if (max_size_ == 0 || ::fstat(file_.get(), &info) != 0 || static_cast<ByteCount>(info.st_size) < max_size_) return;
  if (Clock::now() < no_rotation_before_) return;
  no_rotation_before_ = Clock::now() + between_rotations;
  for (unsigned number = keep_; number > 1; --number) {
    std::error_code none_of_this_number;
    std::filesystem::rename(numbered(path_, number - 1), numbered(path_, number), none_of_this_number);
  }
  std::error_code error;
  std::filesystem::rename(path_, numbered(path_, 1), error);
  if (error) throw spdlog::spdlog_ex(path_.string() + ": cannot be renamed, so it grows on: " + error.message());
  try {
    file_ = open_to_append(path_);
  } catch (const std::runtime_error& refused) {
    std::filesystem::rename(numbered(path_, 1), path_, error);
    throw spdlog::spdlog_ex(refused.what());
  }
  no_rotation_before_ = {};
}

}  // namespace gannet::report
