// Files in memory, by which images go to a worker and back without a copy through a socket. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "core/disk.hpp"

namespace gannet::decode {

/// A part of the address space that shows the first bytes of a file.
class Mapping {
 public:
  enum class For : std::uint8_t { reading, writing };

  Mapping() = default;
  /// Empty when it cannot be had, with errno set.
  Mapping(int file, std::size_t bytes, For purpose);
  Mapping(Mapping&& other) noexcept : at_(std::exchange(other.at_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
  Mapping& operator=(Mapping&& other) noexcept {
    std::swap(at_, other.at_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~Mapping();

  std::string_view view() const { return {at_, bytes_}; }
  char* data() { return at_; }

 private:
  char* at_ = nullptr;
  std::size_t bytes_ = 0;
};

/// A file that nobody can change any more, which holds `bytes`. None when there is no room for it, with errno set.
Descriptor make_sealed(std::string_view bytes);

/// An empty one to write to.
Descriptor make_writable();

/// A file of fixed size that one image after another is put into: we alone can write to it, by a mapping that is older
/// than its seal (F_SEAL_FUTURE_WRITE, Linux 5.1). It saves a file with new pages for every image.
class Tray {
 public:
  static constexpr std::size_t size = 4 << 20;

  /// None when there is no room for it, with errno set.
  static std::optional<Tray> make();

  int file() const { return file_.get(); }

  /// False when `bytes` are more than it holds.
  bool put(std::string_view bytes);

 private:
  Tray(Descriptor file, Mapping mapping) : file_(std::move(file)), mapping_(std::move(mapping)) {}

  Descriptor file_;
  Mapping mapping_;
};

/// What another process has written to a file of ours: sealed first, so that it stays what is looked at here. Nothing
/// when it cannot be sealed, because somebody still has it mapped to write to, or is larger than `most`.
std::optional<Mapping> seal(int file, std::uint64_t most);

}  // namespace gannet::decode
