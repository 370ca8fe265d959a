#include "store/journal.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>

namespace gannet::store {

Result<Journal> Journal::open(const std::filesystem::path& path) {
  auto file = open_file(path, O_WRONLY | O_CREAT | O_APPEND);
  if (!file) return file.error();
  struct stat info {};
  if (::fstat(file->get(), &info) != 0) return disk_fault(errno, path.string());
  // A new journal must not vanish with its name.
  if (auto synced = sync_folder(path.parent_path()); !synced) return synced.error();
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

Result<void> replay(const std::filesystem::path& path, const std::function<void(const Record&)>& take) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    std::error_code error;
    if (std::filesystem::exists(path, error)) return Fault{Reason::disk_error, path.string() + ": cannot be read"};
    return {};
  }
  std::uint64_t whole = 0;  // bytes up to the end of the last good record
  std::uint64_t read = 0;
  std::uint64_t number = 0;
  Fault damage;
  for (std::string line; std::getline(file, line);) {
    ++number;
    read += line.size() + (file.eof() ? 0 : 1);
    auto record = file.eof() ? Result<Record>(Fault{Reason::disk_error, "torn"}) : parse_record(line);
    if (!record) {
      if (damage.reason == Reason::none) {
        damage = {Reason::disk_error, path.string() + ":" + std::to_string(number) + ": " + record.error().detail};
      }
      continue;
    }
    if (damage.reason != Reason::none) return damage;  // good records follow: this is no torn end
    take(*record);
    whole = read;
  }
  if (file.bad()) return Fault{Reason::disk_error, path.string() + ": cannot be read"};
  if (whole == read) return {};
  if (::truncate(path.c_str(), static_cast<off_t>(whole)) != 0) return disk_fault(errno, path.string());
  return {};
}

}  // namespace gannet::store
