// metrics.prom: a snapshot in the Prometheus text format, for node_exporter's textfile collector. A pure function;
// any thread. The file is written with replace_file().
#pragma once

#include <string>

#include "core/snapshot.hpp"

namespace gannet::report {

/// Every metric with HELP and TYPE; every outcome and reason is there from the start, so that rates and alerts see
/// the first of its kind.
std::string metrics_text(const Snapshot& snapshot);

}  // namespace gannet::report
