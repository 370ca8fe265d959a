#include "store/journal.hpp"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "store/journal_reader.hpp"

namespace gannet::store {

Result<Journal> Journal::open(const std::filesystem::path& path) {
  auto file = open_file(path, O_WRONLY | O_CREAT | O_APPEND);
  if (!file) return file.error();
  struct stat info {};
  if (::fstat(file->get(), &info) != 0) return disk_fault(errno, path.string());
  return Journal(std::move(*file), path, static_cast<std::uint64_t>(info.st_size));
}

Result<void> Journal::append(std::string_view lines) {
  if (torn_ && ::ftruncate(file_.get(), static_cast<off_t>(size_)) != 0) {
    return disk_fault(errno, path_.string() + ": cannot take back half a record");
  }
  const auto written = write_all(file_.get(), lines, path_.string());
  torn_ = !written;
  if (written) size_ += lines.size();
  // Best now: a process that ends here leaves no torn end.
  if (torn_ && ::ftruncate(file_.get(), static_cast<off_t>(size_)) == 0) torn_ = false;
  return written;
}

Result<void> Journal::sync() {
  if (::fdatasync(file_.get()) != 0) return disk_fault(errno, path_.string());
  return {};
}

Result<void> replay(const std::filesystem::path& path, const std::function<void(const Record&)>& take,
                    std::uint64_t bytes, std::uint64_t lines) {
  std::error_code error;
  if (std::filesystem::status(path, error).type() == std::filesystem::file_type::not_found) return {};
  auto reader = JournalReader::open(path);
  if (!reader) return reader.error();
  if (bytes > 0) {
    if (const auto sought = reader->go_on_from(bytes, lines); !sought) return sought;
  }
  std::uint64_t whole = bytes;  // bytes up to the end of the last good record
  Fault damage;
  for (;;) {
    const auto step = reader->next();
    if (!step) return step.error();
    if (*step == JournalReader::Step::end) break;
    if (*step == JournalReader::Step::damaged) {
      if (reader->text().find('\0') != std::string_view::npos) break;  // a synced block never is a hole
      if (damage.reason != Reason::none) continue;
      damage = {Reason::disk_error, reader->damage_and_place()};
      continue;
    }
    if (damage.reason != Reason::none) return damage;  // good records follow: this is no torn end
    take(reader->record());
    whole = reader->consumed();
  }
  if (whole == reader->consumed()) return {};
  spdlog::warn(
      "{}: what is behind byte {} did not reach the disk before a crash: it is cut off, and its lines are fetched "
      "again",
      path.string(), whole);
  if (::truncate(path.c_str(), static_cast<off_t>(whole)) != 0) return disk_fault(errno, path.string());
  return {};
}

}  // namespace gannet::store
