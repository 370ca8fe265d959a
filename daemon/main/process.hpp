// What both programs do to their process before anything else, and the exit codes they share.
#pragma once

#include <string>
#include <vector>

#include "config/load.hpp"

namespace gannet {

enum ExitCode : int {
  exit_good = 0,
  exit_failed = 1,      // could not run or finish
  exit_usage = 2,       // bad usage or configuration
  exit_some_failed = 3  // ran to the end, but some lines failed
};

/// Ignores SIGPIPE and raises the limit of open files as far as allowed.
void prepare_process();

/// Prints each mistake on stderr, one a line.
void print_mistakes(const std::vector<config::Mistake>& mistakes);

}  // namespace gannet
