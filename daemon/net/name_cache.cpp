#include "net/name_cache.hpp"

#include <algorithm>
#include <vector>

namespace gannet::net {

const Result<Addresses>* NameCache::find(const std::string& name, TimePoint now) const {
  const auto found = entries_.find(name);
  return found == entries_.end() || found->second.expires <= now ? nullptr : &found->second.answer;
}

void NameCache::put(const std::string& name, Result<Addresses> answer, seconds life, TimePoint now) {
  if (entries_.size() >= most_ && !entries_.contains(name)) make_room();
  if (answer) life = std::clamp(life, shortest_life, longest_life);
  entries_.insert_or_assign(name, Entry{std::move(answer), now + life});
}

void NameCache::make_room() {
  std::vector<TimePoint> ends;
  ends.reserve(entries_.size());
  for (const auto& [name, entry] : entries_) ends.push_back(entry.expires);
  const auto middle = ends.begin() + static_cast<std::ptrdiff_t>(ends.size() / 2);
  std::ranges::nth_element(ends, middle);
  std::erase_if(entries_, [last = *middle](const auto& item) { return item.second.expires <= last; });
}

}  // namespace gannet::net
