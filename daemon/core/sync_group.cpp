#include "core/sync_group.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace gannet {
namespace {

constexpr std::size_t most_one_by_one = 8;

Result<void> sync_one(const std::filesystem::path& path, int descriptor) {
  if (descriptor < 0) return sync_path(path);
  if (::fdatasync(descriptor) != 0) return disk_fault(errno, path.string());
  return {};
}

}  // namespace

SyncGroup::SyncGroup(const std::filesystem::path& folder, Sync sync) : sync_(sync) {
  if (sync != Sync::batch) return;
  if (auto opened = open_file(folder, O_RDONLY | O_DIRECTORY)) filesystem_ = std::move(*opened);
}

void SyncGroup::add(const std::filesystem::path& path, int descriptor) {
  if (sync_ != Sync::none) paths_.insert_or_assign(path, descriptor);
}

Result<void> SyncGroup::sync() {
  const auto paths = std::exchange(paths_, {});
  if (filesystem_ && paths.size() > most_one_by_one) {
    if (::syncfs(filesystem_.get()) != 0) return disk_fault(errno, "syncfs");
    return {};
  }
  Result<void> all;
  for (const auto& [path, descriptor] : paths) {
    if (auto synced = sync_one(path, descriptor); !synced && all) all = std::move(synced);
  }
  return all;
}

}  // namespace gannet
