// What `gannet check` found, as text for a terminal of 80 columns and as JSON for programs. Pure functions; whatever
// comes from a list is made harmless.
#pragma once

#include <string>

#include "cli/survey.hpp"

namespace gannet::cli {

std::string check_view(const Findings& found);

/// One object on one line.
std::string check_json(const Findings& found);

}  // namespace gannet::cli
