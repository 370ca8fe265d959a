// The page of a job: one HTML file that needs nothing else, neither a network nor a script. Plain function; any thread.
#pragma once

#include <string>
#include <vector>

#include "page/digest.hpp"
#include "page/job_facts.hpp"
#include "page/sections.hpp"

namespace gannet::page {

std::string draw(const JobFacts& job, const Digest& digest, const Sheet& sheet);

}  // namespace gannet::page
