// gannet fetch: the engine, once, in the foreground, on the lists given. A second run with the same folder and lists
// goes on where the first one stopped.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/settings.hpp"

namespace gannet {

struct FetchOptions {
  std::vector<std::filesystem::path> lists;
  std::filesystem::path output;  // becomes the root
  Settings settings;
  std::vector<std::string> overrides;  // "key=value", in the settings already: these win over what a list says
};

/// Makes `output` the root of these settings, as fetch does: also for the commands that look at what it left.
void settle_in(Settings& settings, const std::filesystem::path& output);

/// Returns the exit code. Throws std::runtime_error with a message for people when it cannot begin.
int run_fetch(FetchOptions options);

}  // namespace gannet
