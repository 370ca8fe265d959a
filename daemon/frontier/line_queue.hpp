// Packed lines, first in, first out, one behind the other in blocks. Large blocks go back to the system whole when
// their lines have left, so that what held() says is what they take. Small when empty: there is one for each host.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "frontier/packed_line.hpp"

namespace gannet::frontier {

/// Lines in memory, and bytes.
struct Held {
  std::uint64_t lines = 0;
  std::uint64_t bytes = 0;

  Held& operator+=(const Held& other) {
    lines += other.lines;
    bytes += other.bytes;
    return *this;
  }
  Held& operator-=(const Held& other) {
    lines -= other.lines;
    bytes -= other.bytes;
    return *this;
  }
};

/// What a packed line takes that is in no queue.
inline Held held_by(const PackedLine& line) { return {1, line.bytes().size() + 28}; }

class LineQueue {
 public:
  static constexpr std::size_t block_size = 64 << 10;  // at most, but for a line that is longer

  bool empty() const { return held_.lines == 0; }
  const Held& held() const { return held_; }

  /// How often the first was tried, that try included.
  unsigned attempt() const { return PackedLine::attempt_of(blocks_.front().view()); }

  void push(std::string_view line);
  void push(const PackedLine& line) { push(line.bytes()); }
  PackedLine pop();

  /// In front of all others again.
  void put_back(std::string_view line);

  /// Puts all of another behind these.
  void take_over(LineQueue&& other);

  /// Some lines as they are packed, one behind the other.
  struct Run {
    std::string bytes;
    std::size_t lines = 0;
  };

  /// A copy of the last lines but the first `keep`, or of the first: some 64 KiB of them, one at least if there is one.
  Run last(std::size_t keep) const;
  Run first() const;
  void drop_last(const Run& run);
  void drop_first(const Run& run);

 private:
  class Block {
   public:
    explicit Block(std::size_t capacity);

    /// That what was dropped left.
    std::size_t room_in_front() const { return begin_; }
    std::size_t room() const { return bytes_.get_deleter().capacity - end_; }
    std::size_t lines() const { return lines_; }
    std::string_view view() const { return {bytes_.get() + begin_, end_ - begin_}; }
    /// What it takes, with its place in the queue and what the allocator needs.
    std::size_t memory() const { return bytes_.get_deleter().capacity + sizeof(Block) + 16; }

    void push(std::string_view bytes, std::size_t lines);
    void put_in_front(std::string_view line);
    void drop_front(std::size_t bytes);
    /// All but the first lines.
    std::string_view behind(std::size_t lines) const;

   private:
    struct Free {
      std::uint32_t capacity;
      void operator()(char* bytes) const;
    };

    std::unique_ptr<char, Free> bytes_;
    std::uint32_t begin_ = 0;
    std::uint32_t end_ = 0;
    std::uint32_t lines_ = 0;
  };

  void push_block(Block block);

  std::vector<Block> blocks_;  // none is empty
  Held held_;
};

}  // namespace gannet::frontier
