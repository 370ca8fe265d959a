// What a reload changes: which keys have another value than the daemon works with, and whether they apply at once or
// need a restart. Plain code, one thread.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/settings.hpp"

namespace gannet::config {

/// Whether a running daemon takes up another value of this key, "fetch.tries" or "fetch.hosts[img.example.org].delay";
/// of `decode.workers` not from or to 0.
bool applies_at_reload(std::string_view key);

class InForce {
 public:
  /// With the settings that the daemon was started with.
  explicit InForce(Settings settings);

  struct News {
    std::vector<std::string> applied;
    std::vector<std::string> need_restart;  // each once, until its value changes again
  };

  /// In the order of the file; hosts last.
  News reload(Settings settings);

 private:
  using Values = std::map<std::string, std::string>;

  Values in_force_;
  Values told_;  // values that need a restart
};

}  // namespace gannet::config
