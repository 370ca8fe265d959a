// The root folder of one daemon: made, checked and locked before anything else touches it. Held by main for the life
// of the process.
#pragma once

#include "core/disk.hpp"
#include "core/layout.hpp"

namespace gannet {

class Root {
 public:
  /// Makes the folders, checks that all are on one filesystem (renames must be atomic), and takes the lock.
  /// Throws std::runtime_error with a message for the operator when any of that fails.
  explicit Root(const std::filesystem::path& root);

  const Layout& layout() const { return layout_; }

 private:
  Layout layout_;
  Descriptor lock_;
};

}  // namespace gannet
