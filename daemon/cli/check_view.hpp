// What `gannet check` found, as text for a terminal of 80 columns and as JSON for programs. Pure functions; whatever
// comes from a list is made harmless.
#pragma once

#include <optional>
#include <string>

#include "cli/robots_check.hpp"
#include "cli/survey.hpp"

namespace gannet::cli {

/// `rules` when hosts were asked for robots.txt.
std::string check_view(const Findings& found, const std::optional<RobotsFindings>& rules = {});

/// One object on one line.
std::string check_json(const Findings& found, const std::optional<RobotsFindings>& rules = {});

}  // namespace gannet::cli
