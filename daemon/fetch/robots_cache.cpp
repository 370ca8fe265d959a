#include "fetch/robots_cache.hpp"

namespace gannet::fetch {

const RobotsCache::Entry* RobotsCache::find(const std::string& origin, TimePoint now) {
  const auto found = known_.find(origin);
  if (found == known_.end()) return nullptr;
  const auto known = found->second;
  if (known->expires <= now) {
    forget(known);
    return nullptr;
  }
  order_.splice(order_.begin(), order_, known);
  return &known->entry;
}

const RobotsCache::Entry& RobotsCache::put(const std::string& origin, Entry entry, TimePoint now) {
  if (const auto found = known_.find(origin); found != known_.end()) forget(found->second);
  const auto expires = now + (entry.failed == 0 ? life : failure_life);
  order_.push_front({origin, std::move(entry), expires});
  known_.emplace(origin, order_.begin());
  bytes_ += order_.front().bytes();
  while (order_.size() > 1 && (order_.size() > most_ || bytes_ > most_bytes_)) forget(std::prev(order_.end()));
  return order_.front().entry;
}

void RobotsCache::forget(Order::iterator known) {
  bytes_ -= known->bytes();
  known_.erase(known->origin);
  order_.erase(known);
}

}  // namespace gannet::fetch
