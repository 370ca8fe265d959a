#include "cli/distinct_counter.hpp"

#include <utility>

namespace gannet::cli {
namespace {

constexpr std::size_t first_slots = 1024;

}  // namespace

DistinctCounter::DistinctCounter(std::size_t most) : most_(most), slots_(first_slots) {}

bool DistinctCounter::add(std::uint64_t hash) {
  const auto is_kept = [this](std::uint64_t one) { return (one & ((std::uint64_t{1} << zero_bits_) - 1)) == 0; };
  if (!is_kept(hash)) return true;
  const bool fresh = put(hash);
  while (kept_ > most_) {
    ++zero_bits_;
    for (auto& slot : slots_) {
      if (!is_kept(slot)) slot = 0;
    }
    rebuild(slots_.size());
  }
  if (kept_ > slots_.size() / 4 * 3) rebuild(slots_.size() * 2);
  return fresh;
}

bool DistinctCounter::put(std::uint64_t hash) {
  if (hash == 0) {
    if (std::exchange(has_zero_, true)) return false;
    ++kept_;
    return true;
  }
  // By its middle bits: the low ones are zero when few are kept.
  for (std::size_t at = hash >> 24;; ++at) {
    auto& slot = slots_[at & (slots_.size() - 1)];
    if (slot == hash) return false;
    if (slot != 0) continue;
    slot = hash;
    ++kept_;
    return true;
  }
}

void DistinctCounter::rebuild(std::size_t slots) {
  const auto old = std::exchange(slots_, std::vector<std::uint64_t>(slots));
  kept_ = has_zero_ ? 1 : 0;
  for (const auto hash : old) {
    if (hash != 0) put(hash);
  }
}

}  // namespace gannet::cli
