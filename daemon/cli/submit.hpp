// `gannet submit`: checks lists and drops them into the inbox, where each appears complete or not at all. Runs on the
// main thread of the program; needs no connection to the daemon.
#pragma once

#include <filesystem>
#include <vector>

#include "core/job.hpp"
#include "core/reason.hpp"
#include "core/settings.hpp"

namespace gannet::cli {

struct SubmitOptions {
  std::vector<std::filesystem::path> lists;
  Priority priority = Priority::normal;
  Settings settings;
};

/// Checks all the lists first: when one is no list, or none of its first 1000 rows could be fetched, none is dropped.
/// Says on stdout what was dropped where, on stderr what is wrong. Returns the exit code: 0, or 1 when not all lists
/// were dropped. An existing file in the inbox is never replaced: the new one gets a number.
int submit(const SubmitOptions& options);

/// Why the list should not be submitted, or how many of its first rows are invalid (a sentence, empty when none is).
Result<std::string> check_list(const std::filesystem::path& list, const ListSettings& settings);

}  // namespace gannet::cli
