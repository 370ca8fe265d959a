#include "frontier/job_turns.hpp"

#include <algorithm>

namespace gannet::frontier {

void JobTurns::open(JobNumber job, unsigned weight) { jobs_.try_emplace(job, Turn{static_cast<double>(weight)}); }

void JobTurns::close(JobNumber job) {
  set_ready(job, false);
  jobs_.erase(job);
}

void JobTurns::set_ready(JobNumber job, bool ready) {
  const auto found = jobs_.find(job);
  if (found == jobs_.end() || found->second.ready == ready) return;
  Turn& turn = found->second;
  turn.ready = ready;
  if (ready) {
    turn.tag = std::max(turn.tag, now_);
    ready_.emplace(turn.tag, job);
  } else {
    ready_.erase({turn.tag, job});
  }
}

std::optional<JobNumber> JobTurns::next() const {
  if (ready_.empty()) return std::nullopt;
  return ready_.begin()->second;
}

void JobTurns::took(JobNumber job) {
  Turn& turn = jobs_.at(job);
  now_ = std::max(now_, turn.tag);
  auto node = turn.ready ? ready_.extract({turn.tag, job}) : decltype(ready_)::node_type();
  turn.tag += 1 / turn.weight;
  if (!node) return;
  node.value().first = turn.tag;
  ready_.insert(std::move(node));
}

}  // namespace gannet::frontier
