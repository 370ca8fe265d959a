// Finds the jobs that a person means, under a root. Looks at names and small files; changes nothing. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/job.hpp"
#include "core/layout.hpp"
#include "core/reason.hpp"

namespace gannet::cli {

enum class JobState : unsigned char { active, done, failed };

std::string_view name_of(JobState state);

struct FoundJob {
  Job job;  // as far as its folder still tells; its number is 0
  JobState state = JobState::done;
};

/// The one job that `name` names, by its id, the start of its id, the name of its list, or the path of its folder.
/// With "all" every job, oldest first. The fault is a sentence for people.
Result<std::vector<FoundJob>> find_jobs(const Layout& layout, const std::string& name);

}  // namespace gannet::cli
