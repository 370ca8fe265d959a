// The status of the daemon as a page of text for a terminal of 80 columns. A pure function of the parsed file; whatever
// comes from outside (job names, hosts, file names) is made harmless.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "report/status.hpp"

namespace gannet::cli {

/// Of the daemon that wrote a status.
enum class Life : unsigned char {
  gone,    // or its process is another's by now
  silent,  // its process is there, and has written nothing for long
  mute,    // likewise, and the disk of its logs is full
  alive,
};

/// When the daemon does not work, or cannot tell, the page says since when.
std::string status_view(const report::Status& status, Life life);

/// Likewise of one job alone, and what holds up all of them; nothing when the status has no such job.
std::optional<std::string> job_status_view(const report::Status& status, Life life, std::string_view job);

/// The page cut to a screen of this size, so that it can be drawn again and again; the last line tells of what is cut.
/// 0: unknown, and not cut.
std::string fitted(const std::string& page, std::size_t rows, std::size_t columns);

}  // namespace gannet::cli
