#include "page/host_table.hpp"

#include <algorithm>

namespace gannet::page {

Reason HostCounts::main_reason() const {
  const auto most = std::ranges::max_element(reasons, {}, [](const auto& entry) { return entry.second; });
  return most == reasons.end() ? Reason::none : most->first;
}

void HostTable::add(const std::string& origin, const Record& record) {
  if (hosts_.size() >= most_ && !hosts_.contains(origin)) forget_small();
  HostCounts& host = hosts_[origin];
  ++host.lines;
  if (record.outcome == Outcome::ok) {
    ++host.ok;
    host.bytes += record.stored_bytes();
    if (record.attempts == 0) return;
    const auto total = static_cast<std::uint64_t>(record.ms.total.count());
    ++host.fetched;
    host.total_ms += total;
    host.first_byte_ms += static_cast<std::uint64_t>(record.ms.first_byte.count());
    host.longest_ms = std::max(host.longest_ms, total);
  } else if (record.outcome == Outcome::failed) {
    ++host.failed;
    const auto known = std::ranges::find(host.reasons, record.reason, &std::pair<Reason, std::uint32_t>::first);
    if (known != host.reasons.end()) {
      ++known->second;
    } else {
      host.reasons.emplace_back(record.reason, 1u);
    }
  }
}

std::vector<NamedHost> HostTable::largest(std::size_t many) const {
  return top(many, [](const HostCounts& host) { return std::pair(host.lines, std::uint64_t{0}); });
}

std::vector<NamedHost> HostTable::worst(std::size_t many) const {
  return top(many, [](const HostCounts& host) { return std::pair(host.failed, std::uint64_t{0}); });
}

std::vector<NamedHost> HostTable::slowest(std::size_t many, std::uint64_t least) const {
  return top(many, [least](const HostCounts& host) {
    return host.fetched < least ? std::pair<std::uint64_t, std::uint64_t>{} : std::pair(host.mean_ms(), host.fetched);
  });
}

// Those of the highest rank; a rank of nothing is none. Equal ones by name, so that two pages of one job are the same.
template <class Rank>
std::vector<NamedHost> HostTable::top(std::size_t many, Rank rank) const {
  using Entry = std::pair<decltype(rank(HostCounts{})), const std::pair<const std::string, HostCounts>*>;
  std::vector<Entry> ranked;
  const auto before = [](const Entry& a, const Entry& b) {
    return a.first != b.first ? a.first > b.first : a.second->first < b.second->first;
  };
  for (const auto& host : hosts_) {
    const Entry entry{rank(host.second), &host};
    if (entry.first == decltype(entry.first){}) continue;
    if (ranked.size() == many && !before(entry, ranked.back())) continue;
    ranked.insert(std::ranges::upper_bound(ranked, entry, before), entry);
    if (ranked.size() > many) ranked.pop_back();
  }
  std::vector<NamedHost> named;
  for (const auto& [_, host] : ranked) named.push_back({host->first, host->second});
  return named;
}

// Half of them go, so that this is seldom.
void HostTable::forget_small() {
  complete_ = false;
  std::vector<std::uint64_t> lines;
  lines.reserve(hosts_.size());
  for (const auto& [_, host] : hosts_) lines.push_back(host.lines);
  const auto middle = lines.begin() + static_cast<std::ptrdiff_t>(lines.size() / 2);
  std::ranges::nth_element(lines, middle);
  const std::uint64_t least = lines.empty() ? 0 : *middle;
  std::size_t to_go = (hosts_.size() + 1) / 2;
  for (auto at = hosts_.begin(); at != hosts_.end() && to_go > 0;) {
    const bool small = at->second.lines <= least;
    at = small ? hosts_.erase(at) : std::next(at);
    to_go -= small ? 1 : 0;
  }
}

}  // namespace gannet::page
