#include "frontier/held_hosts.hpp"

#include <algorithm>
#include <utility>

namespace gannet::frontier {
namespace {

constexpr std::size_t looked_at = 64;  // for the best probe

}  // namespace

void HeldHosts::hold(OriginId id, Host& host) {
  if (!std::exchange(host.held, true)) waiting_.push_back(id);
}

std::vector<OriginId> HeldHosts::release(HostTable& hosts, const LocalTrouble& trouble) {
  std::vector<OriginId> released;
  if (std::exchange(changes_, trouble.changes()) == trouble.changes()) return released;
  std::erase_if(waiting_, [&](OriginId id) {
    Host& one = hosts[id];
    one.held = trouble.holds(one.known);
    if (!one.held) released.push_back(id);
    return !one.held;
  });
  return released;
}

// One that worked before, else one that nothing is known of; of those, the one that has waited longest.
std::optional<OriginId> HeldHosts::take_probe(HostTable& hosts) {
  if (waiting_.empty()) return std::nullopt;
  const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(waiting_.size(), looked_at));
  const auto known = [&](OriginId id) -> const auto& { return hosts[id].known; };
  auto best = std::find_if(waiting_.begin(), end, [&](OriginId id) { return known(id).worked; });
  if (best == end) best = std::find_if(waiting_.begin(), end, [&](OriginId id) { return !known(id).doubted; });
  return take(best == end ? waiting_.begin() : best, hosts);
}

std::optional<OriginId> HeldHosts::take_newcomer(HostTable& hosts) {
  const auto end = waiting_.rbegin() + static_cast<std::ptrdiff_t>(std::min(waiting_.size(), looked_at));
  const auto is_new = [&](OriginId id) { return !hosts[id].known.worked && !hosts[id].known.doubted; };
  const auto newest = std::find_if(waiting_.rbegin(), end, is_new);
  if (newest == end) return std::nullopt;
  return take(std::prev(newest.base()), hosts);
}

OriginId HeldHosts::take(std::deque<OriginId>::iterator place, HostTable& hosts) {
  const OriginId id = *place;
  waiting_.erase(place);
  hosts[id].held = false;
  return id;
}

}  // namespace gannet::frontier
