// job.json: what must be known of a claimed list to go on with it after a restart (docs/formats.md). Free functions.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "core/atomic_file.hpp"
#include "core/job.hpp"
#include "core/reason.hpp"

namespace gannet::inbox {

inline constexpr const char* job_file_name = "job.json";

/// Writes job.json into the job's folder. Fails with `disk_error`.
Result<void> write_job_file(const Job& job, Durable durable = Durable::yes);

/// Reads the job.json of a folder. What it says is believed only as far as it makes sense: the id must be the folder's
/// name and the list a plain file name. Nothing otherwise. `number` is 0.
std::optional<Job> read_job_file(const std::filesystem::path& folder);

}  // namespace gannet::inbox
