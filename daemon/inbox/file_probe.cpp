#include "inbox/file_probe.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>

namespace gannet::inbox {
namespace {

Fault failed(const char* what, int error) {
  return {Reason::disk_error, std::string(what) + ": " + std::strerror(error)};
}

std::chrono::sys_time<std::chrono::nanoseconds> to_time(const timespec& time) {
  return std::chrono::sys_time<std::chrono::nanoseconds>(std::chrono::seconds(time.tv_sec) +
                                                         std::chrono::nanoseconds(time.tv_nsec));
}

// A read lease is granted only when nobody has the file open for writing. It needs the file's owner or CAP_LEASE, and a
// filesystem that knows leases; otherwise we learn nothing.
Writers ask_for_lease(int descriptor) {
  // Should a writer come just now, the kernel tells the holder of the lease with SIGIO, which would end the process.
  if (::fcntl(descriptor, F_SETSIG, SIGURG) != 0) return Writers::unknown;
  if (::fcntl(descriptor, F_SETLEASE, F_RDLCK) == 0) {
    ::fcntl(descriptor, F_SETLEASE, F_UNLCK);
    return Writers::no;
  }
  return errno == EAGAIN || errno == EBUSY ? Writers::yes : Writers::unknown;
}

}  // namespace

Result<std::optional<FileState>> look_at(const std::filesystem::path& file) {
  struct stat status {};
  if (::lstat(file.c_str(), &status) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return std::optional<FileState>();
    return failed("it cannot be looked at", errno);
  }
  if (!S_ISREG(status.st_mode)) return std::optional<FileState>();
  return std::optional<FileState>(FileState{status.st_ino, static_cast<std::uint64_t>(status.st_size),
                                            to_time(status.st_mtim), to_time(status.st_ctim)});
}

Result<Writers> probe_writers(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
  if (descriptor < 0) {
    if (errno == EWOULDBLOCK) return Writers::yes;  // somebody holds a lease to write it
    if (errno == ENOENT) return Writers::unknown;   // gone just now: the next look tells
    return failed("it cannot be opened for reading", errno);
  }
  const Writers writers = ask_for_lease(descriptor);
  ::close(descriptor);
  return writers;
}

}  // namespace gannet::inbox
