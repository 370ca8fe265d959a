// gannetd: the daemon in the foreground, as a service manager wants it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace gannet {

struct DaemonOptions {
  std::optional<std::filesystem::path> config;
  std::vector<std::string> overrides;  // "key=value"
  bool check = false;                  // only say whether the configuration is good
};

/// Returns the exit code.
int run_daemon(const DaemonOptions& options);

}  // namespace gannet
