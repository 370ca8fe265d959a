// Counts of final records, of one job or of all.
#pragma once

#include <array>
#include <cstdint>

#include "core/reason.hpp"
#include "core/record.hpp"

namespace gannet {

struct Totals {
  std::uint64_t lines = 0;  // records, whatever their outcome
  std::uint64_t bytes = 0;  // of what was stored
  std::array<std::uint64_t, 4> by_outcome{};
  std::array<std::uint64_t, reason_count> by_reason{};

  void add(Outcome outcome, Reason reason, std::uint64_t stored_bytes) {
    ++lines;
    ++by_outcome[static_cast<std::size_t>(outcome)];
    ++by_reason[static_cast<std::size_t>(reason)];
    if (outcome == Outcome::ok) bytes += stored_bytes;
  }
  void add(const Record& record) { add(record.outcome, record.reason, record.stored_bytes()); }

  std::uint64_t of(Outcome outcome) const { return by_outcome[static_cast<std::size_t>(outcome)]; }
  std::uint64_t of(Reason reason) const { return by_reason[static_cast<std::size_t>(reason)]; }

  /// Whether every line went as its owner wished: nothing failed, nothing was invalid.
  bool all_good() const { return of(Outcome::failed) == 0 && of(Outcome::invalid) == 0; }
};

}  // namespace gannet
