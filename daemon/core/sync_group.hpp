// Files and folders that are to be durable together, as `store.sync` has it. One thread.
#pragma once

#include <filesystem>
#include <map>

#include "core/disk.hpp"
#include "core/settings.hpp"

namespace gannet {

class SyncGroup {
 public:
  /// `batch`: more than a few by one call for the whole filesystem of `folder`, which also writes what others have
  /// there; `strict`: one by one; `none`: nothing. To be made before anything is written that it is to sync: what the
  /// disk refused earlier is told to others.
  SyncGroup(const std::filesystem::path& folder, Sync sync);

  /// `descriptor`: where it is open, and stays open until sync(); -1: it is opened for that.
  void add(const std::filesystem::path& path, int descriptor = -1);

  /// What was added is durable, or some of it may be lost on the disk; forgotten here in either case.
  Result<void> sync();

 private:
  Sync sync_;
  Descriptor filesystem_;  // none: one by one
  std::map<std::filesystem::path, int> paths_;
};

}  // namespace gannet
