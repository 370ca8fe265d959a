// What is told of hosts: to the status, and to the next process.
#include <algorithm>
#include <cmath>
#include <iterator>

#include "frontier/frontier.hpp"

namespace gannet::frontier {

std::vector<HostMemory> Frontier::remembered(TimePoint now) const {
  std::vector<HostMemory> known, others;
  const double unlearned = HostState(settings_.host).limit();
  for (OriginId id = 0; id < hosts_.numbers() && known.size() < most_hosts_kept; ++id) {
    const Host* one = hosts_.get(id);
    if (!one) continue;
    const auto state = one->state.memory(now);
    const bool troubled = one->known.doubted || state.parked_for > 0ms || state.dead_for > 0ms ||
                          state.busy_parks + state.unreachable_parks > 0;
    const bool learned = std::abs(state.limit - unlearned) >= 1;
    const bool paced = state.pace > 0ms;
    auto& among = troubled || paced ? known : others;
    if ((troubled || paced || learned || one->known.worked) && among.size() < most_hosts_kept) {
      among.push_back({one->origin, state, one->why_parked, one->known.worked});
    }
  }
  const auto room = std::min(others.size(), most_hosts_kept - known.size());
  std::move(others.begin(), others.begin() + static_cast<std::ptrdiff_t>(room), std::back_inserter(known));
  return known;
}

void Frontier::restore(const std::vector<HostMemory>& hosts, TimePoint now) {
  for (const auto& host : hosts) {
    if (hosts_.size() >= hosts_.most()) break;
    if (hosts_.find(host.origin)) continue;
    const auto& policy = *policies_.of(settings_, nullptr, host.origin);
    const OriginId id = hosts_.add(host.origin, policy);
    hosts_[id].state.recall(host.state, policy, now);
    hosts_[id].why_parked = host.why;
    hosts_[id].known.worked = host.reached;
    if (hosts_[id].state.left_alone_until() > now) parked_.insert(id);
    hosts_.rest(id);
  }
}

std::vector<HostStatus> Frontier::parked(TimePoint now, std::size_t most) {
  std::vector<HostStatus> all;
  for (auto id = parked_.begin(); id != parked_.end() && all.size() < most;) {
    const Host* one = hosts_.get(*id);
    if (!one || one->state.left_alone_until() <= now) {
      id = parked_.erase(id);
      continue;
    }
    all.push_back({one->origin, one->lines(), one->state.in_flight(), one->state.limit(),
                   std::chrono::ceil<seconds>(one->state.left_alone_until() - now), one->why_parked,
                   one->state.parks(now)});
    ++id;
  }
  return all;
}

}  // namespace gannet::frontier
