// What ended when: counts in steps of equal width, which grows with the job (1 s, 5 s, 15 s, ... 1 day, ...) so that
// there are never more than a chart can show. One thread.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <vector>

#include "core/reason.hpp"
#include "core/time.hpp"

namespace gannet::page {

class Timeline {
 public:
  static constexpr std::size_t most_steps = 160;

  struct Step {
    std::array<std::uint64_t, 4> by_outcome{};
    std::uint64_t bytes = 0;

    std::uint64_t of(Outcome outcome) const { return by_outcome[static_cast<std::size_t>(outcome)]; }
    std::uint64_t lines() const;
  };

  void add(WallTime time, Outcome outcome, std::uint64_t bytes);

  seconds width() const { return width_; }
  WallTime start() const;  // of the first step

  /// From the first to the last that has something, with the empty ones between.
  std::vector<Step> steps() const;

 private:
  std::int64_t number_of(WallTime time) const;
  void widen();

  seconds width_{1};
  std::map<std::int64_t, Step> steps_;  // by their number since 1970
};

}  // namespace gannet::page
