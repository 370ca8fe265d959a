// Makes jobs out of files: claiming a list, rejecting what was none, and finding the jobs of an earlier run. Free
// functions; whoever owns the root calls them, one thread at a time. A crash between any two steps loses no list.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/job.hpp"
#include "core/layout.hpp"
#include "core/reason.hpp"
#include "core/settings.hpp"

namespace gannet::inbox {

struct Claim {
  std::filesystem::path file;
  Priority priority = Priority::normal;
  std::string id;  // a new one
};

/// Moves each file to active/<id>/list.<ext> with a job.json beside it, all synced unless `sync` is `none`; many
/// together take hardly longer than one. One that fails, with `disk_error`, leaves the file where it was and no folder
/// behind. The job's number is left 0, its source is the file's name.
std::vector<Result<Job>> claim(const Layout& layout, const std::vector<Claim>& claims, Sync sync = Sync::batch);

/// The same for one.
Result<Job> claim(const Layout& layout, const std::filesystem::path& file, Priority priority, std::string_view id,
                  Sync sync = Sync::batch);

/// Moves active/<id> to rejected/<id>: the list under its original name, and reason.txt, which holds `why`. Fails with
/// `disk_error`, and then may be tried again; so does unfinished().
Result<void> reject(const Layout& layout, const Job& job, std::string_view why);

/// The name of the list in the folder of a job, whether or not a job.json tells it.
std::optional<std::string> find_list(const std::filesystem::path& folder);

/// The jobs in active/, oldest first. A folder whose job.json is missing or broken gets a new one; a folder without a
/// list is removed, or left alone with a warning when it holds anything else. Numbers are left 0.
std::vector<Job> unfinished(const Layout& layout);

}  // namespace gannet::inbox
