// `gannet verify`: proves that the books of jobs balance, and says where they do not. Runs on the main thread of the
// program; reads only, and needs no connection to the daemon, which may be at work.
#pragma once

#include <string>
#include <vector>

#include "core/settings.hpp"

namespace gannet::cli {

struct VerifyOptions {
  std::vector<std::string> jobs;  // as find_jobs() takes them
  Settings settings;
  bool hashes = true;
  bool json = false;
  std::size_t told = 20;  // problems of a job in full
};

/// Prints to stdout; on stderr a progress line when it is a terminal, and what could not be looked at. Returns the exit
/// code: 0 all good, 1 when something could not be looked at, 3 when there are problems.
int verify(const VerifyOptions& options);

}  // namespace gannet::cli
