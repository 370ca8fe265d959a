// User names and passwords: they stand in files of their own, so that a configuration can be shown to anybody.
#pragma once

#include <filesystem>
#include <optional>

#include "core/proxy.hpp"

namespace gannet::config {

/// Nothing when it is not a file with one line "user:password", or when everybody may read or write it.
std::optional<Credentials> read_credentials(const std::filesystem::path& file);

}  // namespace gannet::config
