// An open file descriptor, closed when it goes out of scope, and the two things every writer of files needs: all of
// a text written, and an errno in words. Owned by whoever opened it; one thread at a time.
#pragma once

#include <filesystem>
#include <string_view>
#include <system_error>

#include "core/reason.hpp"

namespace gannet::report {

class Descriptor {
 public:
  /// Takes over what open() returned; a negative number is an empty descriptor.
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

  /// Closes now and says whether that worked: network filesystems report failed writes here.
  std::error_code close();

 private:
  int fd_;
};

/// errno, as it is now.
std::error_code last_error();

/// Writes until `text` is empty. On an error `text` is what is still to be written.
std::error_code write_all(int fd, std::string_view& text);

/// "<path>: <what the system says>", with the reason `disk_full` when that is what it is, else `disk_error`.
Fault disk_fault(const std::filesystem::path& path, std::error_code error);

}  // namespace gannet::report
