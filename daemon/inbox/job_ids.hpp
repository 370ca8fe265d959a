// Names new jobs: <UTC yyyymmddThhmmss>-<sequence>-<sanitised list name>. Owned by whoever claims lists, on its thread.
#pragma once

#include <string>

#include "core/layout.hpp"
#include "core/time.hpp"

namespace gannet::inbox {

class JobIds {
 public:
  explicit JobIds(Layout layout) : layout_(std::move(layout)) {}

  /// An id that no job under the root has, running or ended: the sequence counts up while the process lives, and goes
  /// on counting past the jobs of earlier processes.
  std::string next(WallTime now, const std::string& list_name);

 private:
  bool is_taken(const std::string& id) const;

  Layout layout_;
  unsigned long sequence_ = 0;
};

}  // namespace gannet::inbox
