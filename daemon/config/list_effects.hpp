// What the options of one list do not change: they may ask for more than the operator allows, which is no mistake and
// does nothing (docs/formats.md), or for what holds anyway. Pure functions, any thread.
#pragma once

#include <string>

#include "core/job_options.hpp"

namespace gannet::config {

/// More than is allowed, for whoever wrote it: "fetch.tries 9 (4 holds), fetch.per_host.delay 0s (2s holds)"; empty
/// when everything the list says counts. What `fetch.hosts` says of a host is not looked at.
std::string asks_too_much(Settings settings, const JobOptions& options);

/// Without what holds anyway, so that lists that mean the same say the same. Only where no reload changes what holds:
/// what the frontier goes by stays. The headers of the settings are those that are sent.
JobOptions without_what_holds(const Settings& settings, JobOptions said);

}  // namespace gannet::config
