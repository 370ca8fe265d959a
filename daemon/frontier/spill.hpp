// Lines on disk for which the window has no room: blocks that are written one behind the other into segments, and read
// back once. What is here is in the lists as well, so nothing is synced, and a new process begins with an empty folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "core/disk.hpp"
#include "core/settings.hpp"

namespace gannet::frontier {

class Spill {
 public:
  struct Block {
    std::uint32_t segment = 0;
    std::uint32_t offset = 0;
    std::uint32_t size = 0;
    std::uint32_t lines = 0;
  };

  static constexpr std::uint32_t segment_size = 16 << 20;  // bytes; a file ends with the block that passes this

  /// Removes what an earlier process left in `folder`. Nothing is written before the first put().
  Spill(std::filesystem::path folder, ByteCount most, ByteCount keep_free = 0);

  /// The most that the files take together, but for the last block of each, and what must stay free on their disk.
  void limit(ByteCount most, ByteCount keep_free) {
    most_ = most;
    keep_free_ = keep_free;
  }

  /// The fault is `disk_full` or `disk_error`: nothing was kept.
  Result<Block> put(std::string_view bytes, std::uint32_t lines);

  /// What put() was given; it is forgotten here. The fault is `disk_error`.
  Result<std::string> take(const Block& block);

  std::uint64_t lines() const { return lines_; }

  /// Whether little of it is free.
  bool is_scarce() const { return refused_ || (!segments_.empty() && used() > most_ - most_ / 16); }

 private:
  struct Segment {
    Descriptor file;
    std::uint32_t size = 0;
    std::uint32_t blocks = 0;  // not yet taken
  };

  std::filesystem::path name(std::uint32_t segment) const;
  Result<void> begin_segment();
  ByteCount used() const { return ByteCount{segment_size} * (segments_.size() - 1) + segments_.rbegin()->second.size; }

  std::filesystem::path folder_;
  ByteCount most_;
  ByteCount keep_free_;
  bool refused_ = false;                       // the last segment, for want of room
  std::map<std::uint32_t, Segment> segments_;  // the last is written to
  std::uint32_t next_ = 1;
  std::uint64_t lines_ = 0;
};

}  // namespace gannet::frontier
