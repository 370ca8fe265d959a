// User names and passwords: they stand in files of their own, so that a configuration can be shown to anybody.
#pragma once

#include <filesystem>
#include <string>

#include "core/proxy.hpp"

namespace gannet::config {

/// Of a file with one line "user:password" that not everybody may read or write; otherwise says what is wrong, without
/// a word of what it holds.
Credentials read_credentials(const std::filesystem::path& file, std::string& wrong);

}  // namespace gannet::config
