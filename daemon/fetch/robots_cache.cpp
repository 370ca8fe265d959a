#include "fetch/robots_cache.hpp"

#include <algorithm>

namespace gannet::fetch {

const RobotsCache::Entry* RobotsCache::find(const std::string& key, TimePoint now) {
  const auto found = known_.find(key);
  if (found == known_.end()) return nullptr;
  const auto known = found->second;
  if (known->entry.expires <= now) {
    forget(known);
    return nullptr;
  }
  order_.splice(order_.begin(), order_, known);
  return &known->entry;
}

const RobotsCache::Entry& RobotsCache::put(const std::string& key, Entry entry, TimePoint now) {
  if (const auto found = known_.find(key); found != known_.end()) forget(found->second);
  const bool failed = entry.fault.reason != Reason::none;
  entry.expires = now + (failed ? std::max(failure_life, entry.wait_asked_for) : life);
  order_.push_front({key, std::move(entry)});
  known_.emplace(key, order_.begin());
  bytes_ += order_.front().bytes();
  while (order_.size() > 1 && (order_.size() > most_ || bytes_ > most_bytes_)) forget(std::prev(order_.end()));
  return order_.front().entry;
}

void RobotsCache::forget(Order::iterator known) {
  bytes_ -= known->bytes();
  known_.erase(known->key);
  order_.erase(known);
}

}  // namespace gannet::fetch
