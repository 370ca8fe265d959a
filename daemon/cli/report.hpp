// `gannet report`: makes the HTML page of a job. Runs on the main thread of the program; reads the job's files, which
// the daemon may be writing, and needs no connection to it.
#pragma once

#include <filesystem>
#include <string>

#include "core/settings.hpp"

namespace gannet::cli {

struct ReportOptions {
  std::string job;               // as find_jobs() takes it
  std::filesystem::path output;  // empty: <job>.html here; "-": stdout
  Settings settings;
};

/// Says on stdout where the page is, on stderr what is wrong. Returns the exit code: 0 or 1.
int report(const ReportOptions& options);

}  // namespace gannet::cli
