// A line waiting for its turn, in as few bytes as it takes: a million of them are in memory. Moves only.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "core/fetch_task.hpp"

namespace gannet::frontier {

class PackedLine {
 public:
  PackedLine() = default;

  /// `origin` is that of its URL, which is not kept again with each line.
  PackedLine(const FetchTask& task, std::string_view origin);

  /// From what bytes() gave.
  explicit PackedLine(std::string_view bytes);

  /// The task as it was, but for its job and the number of its origin.
  FetchTask unpack(std::string_view origin) const;

  std::string_view bytes() const;
  unsigned attempt() const { return attempt_of(bytes()); }

  /// Of what bytes() gave, whatever is behind it.
  static unsigned attempt_of(std::string_view bytes) {
    return static_cast<unsigned char>(bytes[sizeof(std::uint32_t)]);
  }

  /// How many of the first bytes of `text` are a line. 0: it is none.
  static std::size_t length_of(std::string_view text);

 private:
  std::unique_ptr<char[]> bytes_;  // the number of bytes, itself included, comes first
};

}  // namespace gannet::frontier
