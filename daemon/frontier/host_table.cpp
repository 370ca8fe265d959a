#include "frontier/host_table.hpp"

namespace gannet::frontier {

std::optional<OriginId> HostTable::find(std::string_view origin) const {
  const auto found = ids_.find(origin);
  if (found == ids_.end()) return std::nullopt;
  return found->second;
}

OriginId HostTable::add(std::string origin, const HostPolicy& policy) {
  if (free_.empty()) {
    free_.push_back(static_cast<OriginId>(hosts_.size()));
    hosts_.emplace_back();
  }
  const OriginId id = free_.back();
  free_.pop_back();
  hosts_[id] = std::make_unique<Host>(std::move(origin), policy);
  ids_.emplace(hosts_[id]->origin, id);
  return id;
}

void HostTable::rest(OriginId id) {
  Host& one = *hosts_[id];
  if (!one.resting) one.resting = resting_.emplace(one.needed_until(), id);
}

void HostTable::forget(TimePoint now) {
  while (size() > most_ && !resting_.empty() && resting_.begin()->first <= now) {
    const auto [time, id] = *resting_.begin();
    resting_.erase(resting_.begin());
    Host& one = *hosts_[id];
    one.resting.reset();
    const bool busy = !one.parts.empty() || one.dying || one.held;  // it will rest again
    if (busy) continue;
    if (one.needed_until() > time) {  // it was asked since
      rest(id);
    } else {
      ids_.erase(one.origin);
      hosts_[id].reset();
      free_.push_back(id);
    }
  }
}

std::optional<TimePoint> HostTable::next_to_go() const {
  return size() > most_ && !resting_.empty() ? std::optional(resting_.begin()->first) : std::nullopt;
}

}  // namespace gannet::frontier
