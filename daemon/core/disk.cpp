#include "core/disk.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace gannet {

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

std::error_code Descriptor::close() {
  if (::close(std::exchange(number_, -1)) == 0) return {};
  return last_error();
}

std::error_code last_error() { return {errno, std::generic_category()}; }

Fault disk_fault(const std::filesystem::path& path, std::error_code error) {
  return disk_fault(error.value(), path.string());
}

Fault disk_fault(int error_number, std::string_view what) {
  const bool full = error_number == ENOSPC || error_number == EDQUOT;
  return {full ? Reason::disk_full : Reason::disk_error, std::string(what) + ": " + std::strerror(error_number)};
}

Result<Descriptor> open_file(const std::filesystem::path& path, int flags) {
  Descriptor file(::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0640));
  if (!file) return disk_fault(errno, path.string());
  return file;
}

Result<std::string> read_start(const std::filesystem::path& path, std::size_t most) {
  constexpr std::size_t at_a_time = 64 << 10;
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return disk_fault(errno, path.string());
  std::string text;
  while (text.size() < most) {
    const auto before = text.size();
    text.resize(std::min(most, before + at_a_time));
    const auto count = ::read(file.get(), text.data() + before, text.size() - before);
    text.resize(before + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    if (count == 0) break;
    if (count < 0 && errno != EINTR) return disk_fault(errno, path.string());
  }
  return text;
}

std::error_code write_all(int descriptor, std::string_view& text) {
  while (!text.empty()) {
    const auto count = ::write(descriptor, text.data(), text.size());
    if (count > 0) {
      text.remove_prefix(static_cast<std::size_t>(count));
    } else if (count == 0) {
      return std::make_error_code(std::errc::io_error);  // never for a file; do not spin
    } else if (errno != EINTR) {
      return last_error();
    }
  }
  return {};
}

Result<void> write_all(int descriptor, std::string_view bytes, std::string_view what) {
  if (const auto error = write_all(descriptor, bytes)) return disk_fault(error.value(), what);
  return {};
}

Result<void> create_file(int at, const char* name, std::string_view bytes, bool sync) {
  Descriptor file(::openat(at, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640));
  if (!file) return disk_fault(errno, name);
  auto done = write_all(file.get(), bytes, name);
  // A failed fsync means that the data is gone: the file goes too, and is never counted as stored.
  if (done && sync && ::fdatasync(file.get()) != 0) done = disk_fault(errno, name);
  if (!done) ::unlinkat(at, name, 0);
  return done;
}

Result<void> sync_path(const std::filesystem::path& path) {
  const auto opened = open_file(path, O_RDONLY);
  if (!opened) return opened.error();
  if (::fsync(opened->get()) != 0) return disk_fault(errno, path.string());
  return {};
}

}  // namespace gannet
