#include "frontier/held_hosts.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace gannet::frontier {
namespace {

constexpr std::size_t looked_at = 64;  // for the best probe

}  // namespace

void HeldHosts::hold(OriginId id, Host& host) {
  if (!std::exchange(host.held, true)) waiting_.push_back(id);
}

void HeldHosts::let_go(OriginId id, Host& host) {
  if (std::exchange(host.held, false)) std::erase(waiting_, id);
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

// One that worked before, else one that nothing is known of. Of those the one that has waited longest, or that came
// last: behind thousands of dead ones it may be the first of a list that is alive.
OriginId HeldHosts::take_probe(HostTable& hosts) {
  const auto many = static_cast<std::ptrdiff_t>(std::min(waiting_.size(), looked_at));
  const auto end = waiting_.begin() + many;
  const auto worked = [&](OriginId id) { return hosts[id].known.worked; };
  const auto unknown = [&](OriginId id) { return !hosts[id].known.doubted; };
  auto best = std::find_if(waiting_.begin(), end, worked);
  if (best == end && std::exchange(newest_, !newest_)) {
    const auto from_back = std::find_if(waiting_.rbegin(), waiting_.rbegin() + many, unknown);
    if (from_back != waiting_.rbegin() + many) best = std::prev(from_back.base());
  }
  if (best == end) best = std::find_if(waiting_.begin(), end, unknown);
  if (best == end) best = waiting_.begin();
  const OriginId id = *best;
  waiting_.erase(best);
  hosts[id].held = false;
  return id;
}

}  // namespace gannet::frontier
