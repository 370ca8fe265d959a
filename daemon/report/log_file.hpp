// One log file as spdlog writes to it: appended to, created with mode 0640, moved to a new file on demand. Owned by
// Logs; any thread. What the disk refuses waits in memory, up to a limit, so that no line is torn or lost to a short
// shortage. spdlog's own file sink cannot reopen, and its file_helper is left without a file when reopening fails.
#pragma once

#include <spdlog/sinks/base_sink.h>

#include <filesystem>
#include <mutex>
#include <string>

#include "core/disk.hpp"

namespace gannet::report {

class LogFile final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  /// Collects `batch` bytes before writing them; 0 writes each line at once. std::runtime_error, naming the path, when
  /// the file cannot be opened.
  LogFile(std::filesystem::path path, std::size_t batch);

  /// Writes what waits, if it can.
  ~LogFile() override;

  /// Writes what waits to the file as it is, then goes on in the file that has the path now. std::runtime_error when
  /// that cannot be opened: the old file stays in use.
  void reopen();

 private:
  // These throw spdlog_ex when the disk refuses; the logger hands that to its error handler.
  void sink_it_(const spdlog::details::log_msg& message) override;
  void flush_() override;

  const std::filesystem::path path_;
  const std::size_t batch_;
  Descriptor file_;
  std::string waiting_;
  std::uint64_t dropped_ = 0;  // lines, since the disk began to refuse
};

}  // namespace gannet::report
