#include "core/sync_group.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace gannet {
namespace {

// Everything else that waits to be written goes with them, so a few are better off alone.
constexpr std::size_t most_one_by_one = 8;

}  // namespace

SyncGroup::SyncGroup(const std::filesystem::path& folder) {
  if (auto opened = open_file(folder, O_RDONLY | O_DIRECTORY)) filesystem_ = std::move(*opened);
}

Result<void> SyncGroup::sync() {
  if (filesystem_ && paths_.size() > most_one_by_one) {
    if (::syncfs(filesystem_.get()) != 0) return disk_fault(errno, "syncfs");
  } else {
    for (const auto& path : paths_) {
      if (auto synced = sync_path(path); !synced) return synced;
    }
  }
  paths_.clear();
  return {};
}

}  // namespace gannet
