// Files and folders that are to be durable together: few are synced one by one, many by one call for their whole
// filesystem, which takes no longer than a few do. One thread.
#pragma once

#include <filesystem>
#include <set>

#include "core/disk.hpp"

namespace gannet {

class SyncGroup {
 public:
  /// On the filesystem of `folder`. To be made before anything is written that it is to sync: what the disk refused
  /// earlier is told to others.
  explicit SyncGroup(const std::filesystem::path& folder);

  void add(std::filesystem::path path) { paths_.insert(std::move(path)); }

  /// What was added is durable, and forgotten here. After a fault it is still there, but may be lost on the disk.
  Result<void> sync();

 private:
  Descriptor filesystem_;  // none: one by one
  std::set<std::filesystem::path> paths_;
};

}  // namespace gannet
