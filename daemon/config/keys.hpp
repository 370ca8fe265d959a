// The table of all keys: files, overrides, messages and tests are read by it. Made on first use, then only read, from
// any thread.
#pragma once

#include <string_view>
#include <vector>

#include "config/key.hpp"

namespace gannet::config {

const std::vector<Key>& key_table();

/// Null when there is no such key.
const Key* find_key(std::string_view name);

}  // namespace gannet::config
