#include "cli/host_tally.hpp"

#include <algorithm>
#include <utility>

namespace gannet::cli {
namespace {

constexpr std::size_t most_named = 10;

}  // namespace

HostTally::Entry& HostTally::slot_of(std::uint64_t hash) {
  for (std::size_t at = hash;; ++at) {
    Entry& entry = slots_[at & (slots_.size() - 1)];
    if (entry.hash == 0 || entry.hash == hash) return entry;
  }
}

HostTally::Entry& HostTally::find(std::uint64_t hash) {
  if (hash == 0) hash = 1;
  if (!complete_) forgotten_.add(hash);
  Entry* entry = &slot_of(hash);
  if (entry->hash != 0) return *entry;
  if (used_ == most_) {
    forget_small();
    forgotten_.add(hash);
    entry = &slot_of(hash);
  } else if (used_ >= slots_.size() / 4 * 3) {
    rebuild(slots_.size() * 2, 0);
    entry = &slot_of(hash);
  }
  ++used_;
  *entry = Entry{};
  entry->hash = hash;
  return *entry;
}

void HostTally::rebuild(std::size_t slots, std::uint64_t least_lines) {
  const auto old = std::exchange(slots_, std::vector<Entry>(slots));
  used_ = 0;
  for (const Entry& entry : old) {
    if (entry.hash == 0 || entry.lines < least_lines) continue;
    slot_of(entry.hash) = entry;
    ++used_;
  }
}

// A host with many lines has most of them still to come, or had them; one with few is told by nobody.
void HostTally::forget_small() {
  if (std::exchange(complete_, false)) {
    for (const Entry& entry : slots_) {
      if (entry.hash != 0) forgotten_.add(entry.hash);
    }
  }
  for (std::uint64_t least = 2; used_ > most_ / 2; least *= 2) rebuild(slots_.size(), least);
}

std::uint32_t HostTally::keep(LineCost cost) {
  const auto found = std::ranges::find(costs_, cost);
  const auto at = static_cast<std::uint32_t>(found - costs_.begin());
  if (found == costs_.end()) costs_.push_back(std::move(cost));
  return at;
}

void HostTally::count(Entry& entry, const std::string& origin, bool fetched) {
  ++entry.lines;
  if (fetched) entry.cost_sum += costs_[entry.cost].seconds;
  offer(largest_, static_cast<double>(entry.lines), entry, origin);
  offer(slowest_, at_least(entry.cost_sum, costs_[entry.cost], assumptions_), entry, origin);
}

// What a host has only grows: whoever belongs to the best at the end does so when its last line comes, name in hand.
void HostTally::offer(std::vector<Named>& best, double value, const Entry& entry, const std::string& origin) const {
  const auto by_value = [](const Named& a, const Named& b) { return a.value < b.value; };
  const bool full = best.size() == most_named;
  if (full && value <= best.front().value) return;
  auto place = std::ranges::find(best, entry.hash, &Named::hash);
  if (place == best.end()) {
    if (full) {
      place = best.begin();  // the least of them
    } else {
      place = best.insert(best.end(), Named{});
    }
    place->hash = entry.hash;
    place->load.origin = origin;
  }
  const LineCost& cost = costs_[entry.cost];
  place->value = value;
  place->load.lines = entry.lines;
  place->load.seconds = at_least(entry.cost_sum, cost, assumptions_);
  place->load.why = cost.why;
  std::iter_swap(best.begin(), std::ranges::min_element(best, by_value));
}

std::vector<HostLoad> HostTally::sorted(std::vector<Named> best) const {
  std::ranges::sort(best, [](const Named& a, const Named& b) {
    return a.value != b.value ? a.value > b.value : a.load.origin < b.load.origin;
  });
  std::vector<HostLoad> loads;
  for (Named& one : best) loads.push_back(std::move(one.load));
  return loads;
}

}  // namespace gannet::cli
