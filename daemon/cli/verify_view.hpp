// What `gannet verify` found, as text for a terminal and as JSON for programs. Pure functions; whatever comes from a
// list, a journal or a file name is made harmless.
#pragma once

#include <string>
#include <vector>

#include "cli/findings.hpp"

namespace gannet::cli {

/// What is to be said of one job, a few lines.
std::string proof_view(const Proof& proof);

/// The sum of all: "0 missing, 0 duplicate, 0 wrong, 0 stray".
std::string last_line(const std::vector<Proof>& proofs);

/// One object on one line.
std::string proofs_json(const std::vector<Proof>& proofs);

}  // namespace gannet::cli
