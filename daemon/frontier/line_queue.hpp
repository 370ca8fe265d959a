// Packed lines, first in, first out, and how much memory they take. Small when empty: there is one for each host.
#pragma once

#include <utility>
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

/// What a packed line takes, with what the allocator and the queue need for it.
inline Held held_by(const PackedLine& line) { return {1, line.bytes().size() + 28}; }

class LineQueue {
 public:
  bool empty() const { return first_ == lines_.size(); }
  const PackedLine& front() const { return lines_[first_]; }
  const Held& held() const { return held_; }

  void push(PackedLine line) {
    held_ += held_by(line);
    lines_.push_back(std::move(line));
  }

  /// In front of all others again.
  void put_back(PackedLine line) {
    held_ += held_by(line);
    if (first_ == 0) {
      lines_.insert(lines_.begin(), std::move(line));
    } else {
      lines_[--first_] = std::move(line);
    }
  }

  PackedLine pop() {
    PackedLine line = std::move(lines_[first_++]);
    held_ -= held_by(line);
    if (first_ == lines_.size()) {
      lines_ = std::vector<PackedLine>();
      first_ = 0;
    } else if (first_ >= 32 && first_ * 2 >= lines_.size()) {  // each line is moved up at most once on average
      lines_.erase(lines_.begin(), lines_.begin() + static_cast<std::ptrdiff_t>(first_));
      lines_.shrink_to_fit();
      first_ = 0;
    }
    return line;
  }

  /// Takes away all but the first `keep`, in their order.
  std::vector<PackedLine> cut(std::size_t keep) {
    if (lines_.size() - first_ <= keep) return {};
    const auto from = lines_.begin() + static_cast<std::ptrdiff_t>(first_ + keep);
    std::vector<PackedLine> rest(std::make_move_iterator(from), std::make_move_iterator(lines_.end()));
    lines_.erase(from, lines_.end());
    lines_.shrink_to_fit();
    for (const auto& line : rest) held_ -= held_by(line);
    return rest;
  }

 private:
  std::vector<PackedLine> lines_;
  std::size_t first_ = 0;
  Held held_;
};

}  // namespace gannet::frontier
