#include "frontier/host_table.hpp"

namespace gannet::frontier {
namespace {

constexpr std::size_t hosts_remembered = 50000;

}  // namespace

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

void HostTable::forget_if_idle(OriginId id, TimePoint now) {
  const Host& one = *hosts_[id];
  const bool idle = one.parts.empty() && one.waiting_until == TimePoint::max() && !one.dying && !one.held;
  if (!idle || size() <= hosts_remembered || one.state.worth_keeping(now)) return;
  ids_.erase(one.origin);
  hosts_[id].reset();
  free_.push_back(id);
}

}  // namespace gannet::frontier
