// Whose turn it is among lists that all have something to fetch: each gets starts in proportion to its weight, and none
// saves up what it could not use (start-time fair queueing). With n lists of equal weight at work, each has one start
// in n: a list of k lines that comes behind a list of any length is through after at most n k starts, and the others
// have lost those k, no more.
#pragma once

#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include "core/job.hpp"

namespace gannet::frontier {

class JobTurns {
 public:
  void open(JobNumber job, unsigned weight);
  void close(JobNumber job);

  /// Whether it has something that may be started.
  void set_ready(JobNumber job, bool ready);

  /// The one whose turn it is.
  std::optional<JobNumber> next() const;

  /// It had its turn.
  void took(JobNumber job);

 private:
  struct Turn {
    double weight = 1;
    double tag = 0;  // the time of its next start, in units of work; so it is ordered in ready_
    bool ready = false;
  };

  std::unordered_map<JobNumber, Turn> jobs_;
  std::set<std::pair<double, JobNumber>> ready_;
  double now_ = 0;  // the tag of the last start
};

}  // namespace gannet::frontier
