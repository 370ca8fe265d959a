#include "core/sync_group.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>
#include <vector>

namespace gannet {
namespace {

constexpr std::size_t most_one_by_one = 8;

struct Open {
  const std::filesystem::path& path;
  Descriptor own;  // none: it was open already
  int descriptor;
};

Result<void> sync_one(const Open& file) {
  const int result = file.own ? ::fsync(file.descriptor) : ::fdatasync(file.descriptor);
  if (result != 0) return disk_fault(errno, file.path.string());
  return {};
}

// All are on their way to the disk before one is waited for: so most of them take no flush of their own.
Result<void> sync_each(const std::map<std::filesystem::path, int>& paths) {
  Result<void> all;
  std::vector<Open> files;
  for (const auto& [path, descriptor] : paths) {
    Descriptor own;
    if (descriptor < 0) {
      auto opened = open_file(path, O_RDONLY);
      if (!opened && all) all = opened.error();
      if (!opened) continue;
      own = std::move(*opened);
    }
    const int number = own ? own.get() : descriptor;
    (void)::sync_file_range(number, 0, 0, SYNC_FILE_RANGE_WRITE);  // of a folder it is refused
    files.push_back({path, std::move(own), number});
  }
  for (const auto& file : files) {
    if (auto synced = sync_one(file); !synced && all) all = std::move(synced);
  }
  return all;
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
  if (!filesystem_ || paths.size() <= most_one_by_one) return sync_each(paths);
  if (::syncfs(filesystem_.get()) != 0) return disk_fault(errno, "syncfs");
  return {};
}

}  // namespace gannet
