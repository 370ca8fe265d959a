// One origin that lines wait for: what is known of it, and the lines of each list.
#pragma once

#include <algorithm>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/fetch_task.hpp"
#include "frontier/host_queue.hpp"
#include "frontier/host_state.hpp"
#include "frontier/local_trouble.hpp"

namespace gannet::frontier {

struct Host {
  /// What one list has here. It stays while anything of it is under way.
  struct Part {
    JobNumber job = 0;
    const HostPolicy* policy = nullptr;
    HostQueue lines;
    bool over_budget = false;  // waiting for retries elsewhere to end
    bool crowded = false;      // its first fresh line must wait for the result of another, and too many do so
    bool onward = false;       // among its fresh lines may be some that were sent on to here
    unsigned away = 0;         // in flight, or waiting for another attempt
    enum class Listed : unsigned char {
      no,
      ready,
      spare
    } listed = Listed::no;                // among the hosts of its job that may start
    std::list<OriginId>::iterator place;  // there
  };

  enum class Name : unsigned char {
    unasked,  // among the fresh hosts since its first line came
    hinted,   // told by hint(), not started since
    asked,    // started, so its lane knows it
  };

  Host(std::string place, const HostPolicy& policy) : origin(std::move(place)), state(policy) {}

  Part* part(JobNumber job) {
    const auto found = std::ranges::find(parts, job, &Part::job);
    return found == parts.end() ? nullptr : &*found;
  }

  /// When it may be forgotten at the earliest: nobody would ask it sooner than it may be asked.
  TimePoint needed_until() const {
    const auto until = state.known_until();
    return waiting_until == TimePoint::max() ? until : std::max(until, waiting_until);
  }

  bool has_lines() const {
    return std::ranges::any_of(parts, [](const Part& one) { return !one.lines.empty(); });
  }

  std::uint64_t lines() const {
    std::uint64_t all = 0;
    for (const Part& one : parts) all += one.lines.lines();
    return all;
  }

  /// Drops the parts of which nothing is left.
  void tidy() {
    std::erase_if(parts, [](const Part& one) {
      return one.lines.empty() && one.away == 0 && one.listed == Part::Listed::no && !one.over_budget;
    });
  }

  std::string origin;
  HostState state;
  LocalTrouble::Standing known{};
  std::vector<Part> parts;
  unsigned connections = 0;                    // about as many as are there, used or not
  std::vector<std::uint16_t> per_lane;         // requests in flight
  TimePoint waiting_until = TimePoint::max();  // max: it is not waiting for a time
  bool dying = false;                          // its lines are being given up
  bool held = false;                           // by local trouble
  LocalTrouble::Hosts counted;                 // what it adds to those that have lines
  Name name = Name::unasked;
  std::optional<std::multimap<TimePoint, OriginId>::iterator> resting;  // among those that may be forgotten
  std::string why_parked;
};

}  // namespace gannet::frontier
