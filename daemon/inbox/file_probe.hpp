// Asks the system about one file in the inbox. Free functions without state; they touch the file in no way that others
// would notice.
#pragma once

#include <filesystem>
#include <optional>

#include "core/reason.hpp"
#include "inbox/ready_test.hpp"

namespace gannet::inbox {

/// Its state; nothing when it is gone or no regular file (links are not followed). Fails with `disk_error`.
Result<std::optional<FileState>> look_at(const std::filesystem::path& file);

/// Opens it for reading and asks the kernel whether somebody has it open for writing. Fails with `disk_error` when it
/// cannot be read; the detail says why. Of a file that is gone nothing is known.
Result<Writers> probe_writers(const std::filesystem::path& file);

}  // namespace gannet::inbox
