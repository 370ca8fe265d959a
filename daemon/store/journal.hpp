// results.jsonl of one job: the durable account of its lines (docs/formats.md). Append only. One thread.
#pragma once

#include <filesystem>
#include <functional>
#include <string_view>

#include "core/disk.hpp"
#include "core/record.hpp"

namespace gannet::store {

class Journal {
 public:
  /// Opens for appending, and creates it when there is none: then its folder is to be synced before its records count.
  static Result<Journal> open(const std::filesystem::path& path);

  /// Whole lines only. After a fault nothing of `lines` counts, and it may be tried again.
  Result<void> append(std::string_view lines);

  /// A fault means that the last appends may be lost, and that this object must not be used any more.
  Result<void> sync();

  std::uint64_t size() const { return size_; }
  int descriptor() const { return file_.get(); }

 private:
  Journal(Descriptor file, std::filesystem::path path, std::uint64_t size)
      : file_(std::move(file)), path_(std::move(path)), size_(size) {}

  Descriptor file_;
  std::filesystem::path path_;
  std::uint64_t size_;
  bool torn_ = false;  // half a record is behind that
};

/// Reads every record behind the first `bytes`, which hold `lines` whole lines, oldest first. What a crash leaves is
/// cut off the file, and told in the log: a torn end, and everything from the first hole on, a line with zero bytes
/// where the filesystem has not written a block. Another damaged line with good ones behind it is a fault: `disk_error`
/// naming it. No file: no records.
Result<void> replay(const std::filesystem::path& path, const std::function<void(const Record&)>& take,
                    std::uint64_t bytes = 0, std::uint64_t lines = 0);

}  // namespace gannet::store
