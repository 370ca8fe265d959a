// The status of the daemon as a page of text for a terminal of 80 columns. A pure function of the parsed file; whatever
// comes from outside (job names, hosts, file names) is made harmless.
#pragma once

#include <string>

#include "report/status.hpp"

namespace gannet::cli {

/// `alive` says whether the daemon that wrote the status still works; when it does not, the page says since when.
std::string status_view(const report::Status& status, bool alive);

}  // namespace gannet::cli
