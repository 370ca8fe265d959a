// What both programs do to their process before anything else, and the exit codes they share.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "config/load.hpp"
#include "decode/fork_server.hpp"

namespace gannet {

enum ExitCode : int {
  exit_good = 0,
  exit_failed = 1,      // could not run or finish
  exit_usage = 2,       // bad usage or configuration
  exit_some_failed = 3  // ran to the end, but some lines failed
};

/// The configuration file of the package, or nothing where it is not installed.
std::optional<std::filesystem::path> packaged_config();

/// Ignores SIGPIPE and SIGXFSZ, raises the limit of open files as far as allowed, and tells scheduler and allocator
/// that this is a process for much work at a time. Before the first thread.
void prepare_process();

/// Makes a number of `decode.workers: auto`.
void fit_to_cores(Settings& settings);

/// The fork server of the decode workers, where the settings ask for any; before the first thread. Throws
/// std::runtime_error when it does not come up.
std::unique_ptr<decode::ForkServer> start_decoders(const DecodeSettings& settings);

/// Prints each on stderr, one a line.
void print_mistakes(const std::vector<config::Mistake>& mistakes);
void print_warnings(const std::vector<config::Mistake>& warnings);

}  // namespace gannet
