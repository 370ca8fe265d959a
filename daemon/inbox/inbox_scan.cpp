#include "inbox/inbox_scan.hpp"

#include <spdlog/spdlog.h>

#include "inbox/list_name.hpp"

namespace gannet::inbox {

namespace fs = std::filesystem;

InboxScan::InboxScan(const Layout& layout) : layout_(layout) {}

std::optional<InboxFile> InboxScan::next(std::size_t& most) {
  std::error_code error;
  while (most > 0) {
    if (entry_ == fs::directory_iterator()) {
      if (index_ == order.size()) return std::nullopt;
      open_next_folder();
      continue;
    }
    --most;
    const fs::directory_entry entry = *entry_;
    entry_.increment(error);  // the end on an error: the next look will tell
    std::string name = entry.path().filename().string();
    if (is_ignored_name(name) || entry.is_symlink(error) || !entry.is_regular_file(error)) continue;
    return InboxFile{order[index_ - 1], std::move(name)};
  }
  return std::nullopt;
}

void InboxScan::open_next_folder() {
  const auto folder = layout_.inbox(order[index_++]);
  std::error_code error;
  entry_ = fs::directory_iterator(folder, error);
  if (error) spdlog::warn("{} cannot be read: {}", folder.string(), error.message());
}

}  // namespace gannet::inbox
