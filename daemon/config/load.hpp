// From a configuration file and --set overrides to Settings that every stage can trust. Called once at start and at
// each reload, from any one thread; it reads only the file (and opens the files named there, so that they are found
// wanting now), never the environment, and keeps nothing between calls. What the keys mean is in config/gannet.yaml.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/settings.hpp"

namespace gannet::config {

struct Mistake {
  std::string where;  // "gannet.yaml:12", "gannet.yaml" or "--set fetch.threads"
  std::string text;   // "fetch.threads: 'many' is not accepted; a whole number from 0 to 256"
};

struct Loaded {
  Settings settings;              // valid only without mistakes
  std::vector<Mistake> mistakes;  // all of them, in the order of the file and then of the overrides
  std::vector<Mistake> warnings;  // of what does nothing; only without mistakes
};

/// The defaults, changed by the file (if any), changed by the overrides ("key=value", the last one of a key wins).
/// Never throws for what is written in them: everything that is wrong is a mistake.
Loaded load(const std::optional<std::filesystem::path>& file, const std::vector<std::string>& overrides);

/// What a person may write for a key. A key has choices, or bounds, or neither (texts, paths and lists).
struct KeyHelp {
  std::string name;           // "fetch.threads"
  std::string default_value;  // as it would be written; lists separated by commas
  std::string accepts;        // "a whole number from 0 to 256"
  std::vector<std::string> choices;
  std::string low;  // the bounds, both accepted
  std::string high;
};

/// Every key, in the order of config/gannet.yaml.
std::vector<KeyHelp> keys();

}  // namespace gannet::config
