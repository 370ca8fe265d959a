// The status of the daemon as a page of text for a terminal of 80 columns. A pure function of the parsed file; whatever
// comes from outside (job names, hosts, file names) is made harmless.
#pragma once

#include <string>

#include "report/status.hpp"

namespace gannet::cli {

/// Of the daemon that wrote a status.
enum class Life : unsigned char {
  gone,    // or its process is another's by now
  silent,  // its process is there, and has written nothing for long
  alive,
};

/// When the daemon does not work, or cannot tell, the page says since when.
std::string status_view(const report::Status& status, Life life);

}  // namespace gannet::cli
