// `gannet check`: reads lists to their end as the daemon would, and says what they hold and how long they take at
// least. A dry run: asks no host, unless told to ask for robots.txt. Runs on the main thread of the program.
#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

#include "core/settings.hpp"

namespace gannet::cli {

struct CheckOptions {
  std::vector<std::filesystem::path> lists;
  Settings settings;
  bool json = false;
  bool robots = false;                // ask hosts for robots.txt, and judge by it
  std::size_t robots_hosts = 10'000;  // so many at most
};

/// Prints to stdout; on stderr a progress line when it is a terminal, and what is wrong. Returns the exit code: 0 all
/// good, 1 when a list could not be read or not to its end, 3 when lines are invalid.
int check(const CheckOptions& options);

}  // namespace gannet::cli
