// The few system calls that the store is made of, with their errors as values. Any thread.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "core/reason.hpp"

namespace gannet::store {

/// A file descriptor that closes itself. -1 is none.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor();

  int get() const { return number_; }
  bool open() const { return number_ >= 0; }

 private:
  int number_;
};

/// `disk_full` for ENOSPC and EDQUOT, `disk_error` for everything else; the detail names what failed.
Fault disk_fault(int error_number, std::string_view what);

Result<Descriptor> open_file(const std::filesystem::path& path, int flags);

/// All of it, or a fault; after a fault an unknown part was written.
Result<void> write_all(int descriptor, std::string_view bytes, std::string_view what);

/// A new file in the folder `at`, complete and closed, or a fault and no file.
Result<void> create_file(int at, const char* name, std::string_view bytes, bool sync);

/// Makes the entries of a folder durable.
Result<void> sync_folder(const std::filesystem::path& folder);

/// Writes a small file durably under a temporary name, then renames it.
Result<void> replace_durably(const std::filesystem::path& path, std::string_view text);

}  // namespace gannet::store
