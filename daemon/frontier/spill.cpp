#include "frontier/spill.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace gannet::frontier {

Spill::Spill(std::filesystem::path folder, ByteCount most, ByteCount keep_free)
    : folder_(std::move(folder)), most_(most), keep_free_(keep_free) {
  std::error_code ignored;  // what is left is written over
  std::filesystem::remove_all(folder_, ignored);
}

std::filesystem::path Spill::name(std::uint32_t segment) const {
  return folder_ / (std::to_string(segment) + ".lines");
}

Result<void> Spill::begin_segment() {
  refused_ = true;
  if (ByteCount{segment_size} * (segments_.size() + 1) > most_) return disk_fault(EDQUOT, folder_.string());
  std::error_code error;
  std::filesystem::create_directory(folder_, error);
  if (error) return disk_fault(folder_, error);
  const auto space = std::filesystem::space(folder_, error);
  if (!error && keep_free_ > 0 && space.available < keep_free_ + segment_size) {
    return disk_fault(ENOSPC, folder_.string());
  }
  auto file = open_file(name(next_), O_RDWR | O_CREAT | O_TRUNC);
  if (!file) return file.error();
  if (!segments_.empty() && segments_.rbegin()->second.blocks == 0) {
    ::unlink(name(segments_.rbegin()->first).c_str());
    segments_.erase(std::prev(segments_.end()));
  }
  segments_[next_++].file = std::move(*file);
  refused_ = false;
  return {};
}

Result<Spill::Block> Spill::put(std::string_view bytes, std::uint32_t lines) {
  if (segments_.empty() || segments_.rbegin()->second.size >= segment_size) {
    if (auto begun = begin_segment(); !begun) return begun.error();
  }
  auto& [number, segment] = *segments_.rbegin();
  auto left = bytes;
  for (auto at = static_cast<off_t>(segment.size); !left.empty();) {
    const auto count = ::pwrite(segment.file.get(), left.data(), left.size(), at);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return disk_fault(count < 0 ? errno : EIO, name(number).string());  // the next put() writes over it
    left.remove_prefix(static_cast<std::size_t>(count));
    at += count;
  }
  const Block block{number, segment.size, static_cast<std::uint32_t>(bytes.size()), lines};
  segment.size += block.size;
  ++segment.blocks;
  lines_ += lines;
  return block;
}

Result<std::string> Spill::take(const Block& block) {
  const auto found = segments_.find(block.segment);
  if (found == segments_.end()) return Fault{Reason::disk_error, name(block.segment).string() + ": it is gone"};
  Segment& segment = found->second;
  std::string bytes(block.size, '\0');
  for (std::size_t done = 0; done < bytes.size();) {
    const auto count =
        ::pread(segment.file.get(), bytes.data() + done, bytes.size() - done, static_cast<off_t>(block.offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return disk_fault(count < 0 ? errno : EIO, name(block.segment).string());
    done += static_cast<std::size_t>(count);
  }
  lines_ -= block.lines;
  const bool written_to = block.segment == segments_.rbegin()->first;
  if (--segment.blocks == 0 && !written_to) {
    ::unlink(name(block.segment).c_str());
    segments_.erase(found);
  } else if (segment.blocks == 0 && ::ftruncate(segment.file.get(), 0) == 0) {
    segment.size = 0;
  }
  return bytes;
}

}  // namespace gannet::frontier
