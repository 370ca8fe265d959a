// Replaces a small file in one step: readers see the old text or the new one, never a part. One writer a file at a
// time (a root has one daemon); any thread. Not for files that grow: those are logs and journals.
#pragma once

#include <filesystem>
#include <string_view>

#include "core/reason.hpp"

namespace gannet {

enum class Durable : bool { no, yes };

/// Writes ".<name>.tmp" beside `path`, mode 0644, and renames it over `path`; with Durable::yes the text and the name
/// are on the disk when it returns. On a fault, which names the path, the old file is untouched and nothing is left.
Result<void> replace_file(const std::filesystem::path& path, std::string_view text, Durable durable = Durable::no);

}  // namespace gannet
