// retry.jsonl: the lines of a list that failed, as a list that can be dropped into the inbox again.
#pragma once

#include <filesystem>
#include <string>

#include "core/line_set.hpp"
#include "core/row.hpp"

namespace gannet::store {

/// Reads `list` to its end and writes its rows in `failed`, every column included, one JSON object a line; the URL goes
/// under `url_column`. A list that breaks half way yields what it could. Syncs nothing. Faults: `disk_full`,
/// `disk_error`.
Result<void> write_retry_list(RowSource& list, const LineSet& failed, const std::string& url_column,
                              const std::filesystem::path& path);

}  // namespace gannet::store
