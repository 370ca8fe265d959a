// How many lines each host has, how long they take at least, and which hosts have most of either. Exact and in memory
// that does not grow past a bound: with more hosts than that, those with the fewest lines are forgotten now and then,
// and what is told of a host is then the least it has. One thread.
#pragma once

#include <string>
#include <vector>

#include "cli/distinct_counter.hpp"
#include "cli/time_bound.hpp"

namespace gannet::cli {

struct HostLoad {
  std::string origin;
  std::uint64_t lines = 0;
  double seconds = 0;  // at least
  std::string why;     // the limit that says so
};

class HostTally {
 public:
  HostTally(std::size_t most_hosts, const Assumptions& assumptions)
      : most_(most_hosts), assumptions_(assumptions), forgotten_(most_hosts), slots_(1024) {}

  /// What a line costs may be another from now on: another list begins.
  void begin_list() { ++list_; }

  /// A line of the host, `fetched` or one that gets what another brings. `cost_of()` is asked once for a host in each
  /// list.
  template <class CostOf>
  void add(std::uint64_t hash, const std::string& origin, bool fetched, const CostOf& cost_of) {
    Entry& entry = find(hash);
    if (entry.list != list_) {
      entry.cost = keep(cost_of());
      entry.list = list_;
    }
    count(entry, origin, fetched);
  }

  std::uint64_t hosts() const { return complete_ ? used_ : forgotten_.count(); }
  bool exact() const { return complete_; }

  /// The most first; at most 10.
  std::vector<HostLoad> largest() const { return sorted(largest_); }
  std::vector<HostLoad> slowest() const { return sorted(slowest_); }

 private:
  struct Entry {
    std::uint64_t hash = 0;  // 0: free
    std::uint64_t lines = 0;
    double cost_sum = 0;
    std::uint32_t cost = 0;  // in costs_
    std::uint32_t list = 0;
  };
  struct Named {
    std::uint64_t hash = 0;
    double value = 0;
    HostLoad load;
  };

  Entry& find(std::uint64_t hash);
  Entry& slot_of(std::uint64_t hash);
  std::uint32_t keep(LineCost cost);
  void count(Entry& entry, const std::string& origin, bool fetched);
  void offer(std::vector<Named>& best, double value, const Entry& entry, const std::string& origin) const;
  void rebuild(std::size_t slots, std::uint64_t least_lines);
  void forget_small();
  std::vector<HostLoad> sorted(std::vector<Named> best) const;

  std::size_t most_;
  Assumptions assumptions_;
  std::size_t used_ = 0;
  bool complete_ = true;       // no host was forgotten
  DistinctCounter forgotten_;  // once one was: all hosts
  std::uint32_t list_ = 1;
  std::vector<Entry> slots_;  // as many as a power of two, open addressing
  std::vector<LineCost> costs_;
  std::vector<Named> largest_, slowest_;
};

}  // namespace gannet::cli
