// The file of the catalogue: made, recognised, and put aside when it is none. Its schema is in docs/formats.md.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "core/reason.hpp"
#include "core/settings.hpp"
#include "store/sqlite.hpp"

namespace gannet::store {

struct CatalogueFile {
  Database write;  // for the thread that writes
  Database read;   // for the one that looks up
};

/// Opens the catalogue, and makes one where there is none. A file that is damaged or somebody else's is put aside, with
/// a warning in the log. The fault, a sentence for people, says why there can be no catalogue now; the file is then
/// untouched.
Result<CatalogueFile> open_catalogue(const std::filesystem::path& path, const StoreSettings& settings);

/// Another connection that looks up.
SqlStatus open_reader(const std::filesystem::path& path, const StoreSettings& settings, Database& database);

/// Renames it to <name>.damaged, replacing an older one. Nobody may have it open.
std::error_code put_aside(const std::filesystem::path& path);

}  // namespace gannet::store
