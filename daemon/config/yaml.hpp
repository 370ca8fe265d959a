// Reads a configuration file into Settings: the one place that knows YAML. Nested maps or dotted names are the same.
// The walk follows the table of keys, not the file, so aliases cannot make it large; size and nesting are bounded.
#pragma once

#include <filesystem>

#include "config/effects.hpp"
#include "config/load.hpp"

namespace gannet::config {

/// Adds every mistake in the file, at most 100 of them, and where each key stands. A file that cannot be read is one
/// mistake too.
void read_yaml(const std::filesystem::path& file, Loaded& loaded, Places& places);

}  // namespace gannet::config
