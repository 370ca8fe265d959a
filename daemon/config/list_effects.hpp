// What one list asks for that the operator does not allow. It is no mistake and does nothing (docs/formats.md); whoever
// wrote it should read of it. Pure functions, any thread.
#pragma once

#include <string>

#include "core/job_options.hpp"

namespace gannet::config {

/// "fetch.tries 9 (4 holds), fetch.per_host.delay 0s (2s holds)"; empty when everything the list says counts. What
/// `fetch.hosts` says of a host is not looked at.
std::string asks_too_much(Settings settings, const JobOptions& options);

}  // namespace gannet::config
