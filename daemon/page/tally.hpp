// Counts by name, for names of which there are few: formats, protocols, statuses. Whatever a journal holds, no more
// than 40 are told apart. One thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gannet::page {

class Tally {
 public:
  struct Entry {
    std::string name;
    std::uint64_t count = 0;
    std::uint64_t bytes = 0;
  };

  void add(std::string_view name, std::uint64_t bytes = 0) {
    constexpr std::size_t most = 40;
    auto known = std::ranges::find(entries_, name, &Entry::name);
    if (known == entries_.end() && entries_.size() >= most) {
      name = "others";
      known = std::ranges::find(entries_, name, &Entry::name);
    }
    if (known == entries_.end()) known = entries_.insert(known, {std::string(name)});
    ++known->count;
    known->bytes += bytes;
  }

  /// Most frequent first.
  std::vector<Entry> ranked() const {
    auto sorted = entries_;
    std::ranges::stable_sort(sorted, std::greater{}, &Entry::count);
    return sorted;
  }

  std::uint64_t count() const {
    std::uint64_t sum = 0;
    for (const auto& entry : entries_) sum += entry.count;
    return sum;
  }

 private:
  std::vector<Entry> entries_;
};

}  // namespace gannet::page
