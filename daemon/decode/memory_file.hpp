// Files in memory, by which images go to a worker and back without a copy through a socket. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/disk.hpp"

namespace gannet::decode {

/// A file that nobody can change any more, which holds `bytes`. None when there is no room for it, with errno set.
Descriptor make_sealed(std::string_view bytes);

/// An empty one to write to.
Descriptor make_writable();

/// What another process has written to a file of ours: sealed first, so that it stays what is looked at here.
class Written {
 public:
  /// Nothing when it cannot be sealed, because somebody still has it mapped to write to, or is larger than `most`.
  static std::optional<Written> seal(int file, std::uint64_t most);
  static std::optional<Written> nothing() { return Written({}); }
  Written(Written&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  Written& operator=(Written&&) = delete;
  ~Written();

  std::string_view view() const { return bytes_; }

 private:
  explicit Written(std::string_view bytes) : bytes_(bytes) {}

  std::string_view bytes_;
};

}  // namespace gannet::decode
