// What the proof of one job's books came to: how many things are not as they should be, and the first of them in full.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/totals.hpp"

namespace gannet::cli {

enum class Problem : unsigned char {
  missing,    // a line without a record, or a record without its file
  duplicate,  // another record of a line that has one
  wrong,      // something says what it should not: a record, a file, the summary
  stray,      // a file that no record names
};

inline constexpr std::size_t problem_kinds = 4;
std::string_view name_of(Problem kind);

struct ToldProblem {
  Problem kind = Problem::wrong;
  std::uint64_t line = 0;  // 0: it is not about a line
  std::string url;
  std::string what;
};

using ProblemCounts = std::array<std::uint64_t, problem_kinds>;

struct Proof {
  std::string job;
  std::string_view state;     // "done"
  std::uint64_t rows = 0;     // of the list
  Totals totals;              // of its records, each line once
  std::uint64_t files = 0;    // that records name and that are there
  std::uint64_t hashed = 0;   // of these
  std::uint64_t not_yet = 0;  // rows that may still get their record
  ProblemCounts counts{};
  std::vector<ToldProblem> told;   // the first
  std::vector<std::string> notes;  // what is as it should be and yet worth knowing
  std::string unproven;            // why the rest could not be looked at

  std::uint64_t of(Problem kind) const { return counts[static_cast<std::size_t>(kind)]; }
  bool balances() const { return counts == ProblemCounts{}; }
};

}  // namespace gannet::cli
