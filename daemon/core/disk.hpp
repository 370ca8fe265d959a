// The few system calls that files are made with, their errors as values. A descriptor belongs to whoever opened it;
// any thread.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "core/reason.hpp"

namespace gannet {

/// A file descriptor that closes itself. -1 is none.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor();

  int get() const { return number_; }
  /// It is somebody else's to close.
  int release() { return std::exchange(number_, -1); }
  explicit operator bool() const { return number_ >= 0; }

  /// Closes now and says whether that worked: network filesystems report failed writes here.
  std::error_code close();

 private:
  int number_ = -1;
};

/// errno, as it is now.
std::error_code last_error();

/// `disk_full` for ENOSPC and EDQUOT, `disk_error` for everything else; the detail names what failed.
Fault disk_fault(int error_number, std::string_view what);
Fault disk_fault(const std::filesystem::path& path, std::error_code error);

Result<Descriptor> open_file(const std::filesystem::path& path, int flags);

/// The first bytes of a file, `most` of them at most.
Result<std::string> read_start(const std::filesystem::path& path, std::size_t most);

/// Writes until `text` is empty. On an error `text` is what is still to be written.
std::error_code write_all(int descriptor, std::string_view& text);

/// All of it, or a fault that names `what`; after a fault an unknown part was written.
Result<void> write_all(int descriptor, std::string_view bytes, std::string_view what);

/// A new file in the folder `at`, complete and closed, or a fault and no file.
Result<void> create_file(int at, const char* name, std::string_view bytes, bool sync);

/// Makes what a file holds durable, whoever wrote it, or the entries of a folder.
Result<void> sync_path(const std::filesystem::path& path);

}  // namespace gannet
