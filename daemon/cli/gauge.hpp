// How far a job is, in numbers and as a bar: shared by the progress line and the status view. Plain functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/snapshot.hpp"

namespace gannet::cli {

struct Extent {
  std::uint64_t lines = 0;
  bool exact = true;  // otherwise judged by how much of the list that has been read
};

/// How many lines the job's list has; nothing when too little of it has been read to say.
std::optional<Extent> extent_of(const JobStatus& job);

/// "of 20,000", "of ~20,000", or "of ?".
std::string of_extent(const std::optional<Extent>& extent);

/// "[#####.....]", `columns` wide with its brackets; empty when that is less than 3.
std::string bar(double fraction, std::size_t columns);

/// " 61 %", 5 columns. 100 % only when all is done.
std::string percent(double fraction);

}  // namespace gannet::cli
