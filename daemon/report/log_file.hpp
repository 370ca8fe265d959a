// One log file as spdlog writes to it: appended to, created with mode 0640, moved to a new file on demand or when it
// has grown. Owned by Logs; any thread. What the disk refuses waits in memory, up to a limit, so that no line is torn
// or lost to a short shortage. spdlog's own file sink cannot reopen, and its file_helper is left without a file when
// reopening fails.
#pragma once

#include <spdlog/sinks/base_sink.h>

#include <filesystem>
#include <mutex>
#include <optional>
#include <string>

#include "core/disk.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"

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

  /// From `max_size` bytes on (0: never) the file becomes <path>.1, the one before <path>.2, and so on to `keep`.
  void keep_to(ByteCount max_size, unsigned keep);

  /// Since when the disk takes nothing; nothing while it does.
  std::optional<LogStatus> refusal();

  /// How many lines were lost by the last refusal, once it is over, and once.
  std::uint64_t take_lost();

  const std::filesystem::path& path() const { return path_; }

 private:
  // These throw spdlog_ex when the disk refuses; the logger hands that to its error handler.
  void sink_it_(const spdlog::details::log_msg& message) override;
  void flush_() override;

  void write_waiting();
  void rotate_when_large();

  const std::filesystem::path path_;
  const std::size_t batch_;
  Descriptor file_;
  ByteCount max_size_ = 0;
  unsigned keep_ = 1;
  TimePoint no_rotation_before_{};
  std::string waiting_;
  std::optional<LogStatus> refusal_;
  std::uint64_t lost_ = 0;  // by refusals that are over
};

}  // namespace gannet::report
