#include "store/files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace gannet::store {

Descriptor::~Descriptor() {
  if (open()) ::close(number_);
}

Fault disk_fault(int error_number, std::string_view what) {
  const bool full = error_number == ENOSPC || error_number == EDQUOT;
  return {full ? Reason::disk_full : Reason::disk_error, std::string(what) + ": " + std::strerror(error_number)};
}

Result<Descriptor> open_file(const std::filesystem::path& path, int flags) {
  Descriptor file(::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0640));
  if (!file.open()) return disk_fault(errno, path.string());
  return file;
}

Result<void> write_all(int descriptor, std::string_view bytes, std::string_view what) {
  while (!bytes.empty()) {
    const auto count = ::write(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return disk_fault(errno, what);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

Result<void> create_file(int at, const char* name, std::string_view bytes, bool sync) {
  Descriptor file(::openat(at, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640));
  if (!file.open()) return disk_fault(errno, name);
  auto done = write_all(file.get(), bytes, name);
  // A failed fsync means that the data is gone: the file goes too, and is never counted as stored.
  if (done && sync && ::fdatasync(file.get()) != 0) done = disk_fault(errno, name);
  if (!done) ::unlinkat(at, name, 0);
  return done;
}

Result<void> sync_folder(const std::filesystem::path& folder) {
  auto opened = open_file(folder, O_RDONLY | O_DIRECTORY);
  if (!opened) return opened.error();
  if (::fsync(opened->get()) != 0) return disk_fault(errno, folder.string());
  return {};
}

Result<void> replace_durably(const std::filesystem::path& path, std::string_view text) {
  auto temporary = path;
  temporary += ".tmp";
  auto file = open_file(temporary, O_WRONLY | O_CREAT | O_TRUNC);
  if (!file) return file.error();
  if (auto written = write_all(file->get(), text, temporary.string()); !written) return written;
  if (::fdatasync(file->get()) != 0) return disk_fault(errno, temporary.string());
  if (::rename(temporary.c_str(), path.c_str()) != 0) return disk_fault(errno, path.string());
  return sync_folder(path.parent_path());
}

}  // namespace gannet::store
