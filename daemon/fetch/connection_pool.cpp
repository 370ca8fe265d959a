#include "fetch/connection_pool.hpp"

#include <algorithm>

namespace gannet::fetch {

Connection ConnectionPool::take(const std::string& origin, TimePoint now) {
  const auto found = idle_.find(origin);
  if (found == idle_.end()) return {};
  auto& connections = found->second;
  while (!connections.empty()) {
    Connection newest = std::move(connections.back());
    connections.pop_back();
    --size_;
    // What comes unasked, however soon, must not be taken for the next answer; it costs a system call to be sure.
    if (newest.usable_until > now && newest.stream->quiet()) return newest;
  }
  return {};
}

void ConnectionPool::give_back(const std::string& origin, Connection connection) {
  connection.stream->expires_never();
  if (size_ >= most_) close_older_half();
  idle_[origin].push_back(std::move(connection));
  ++size_;
}

void ConnectionPool::close_older_half() {
  std::vector<TimePoint> times;
  for (const auto& [origin, connections] : idle_) {
    for (const auto& one : connections) times.push_back(one.idle_since);
  }
  if (times.empty()) return;
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::ranges::nth_element(times, middle);
  close_if([limit = *middle](const Connection& one) { return one.idle_since <= limit; });
}

void ConnectionPool::sweep(TimePoint now) {
  close_if([now](const Connection& one) { return one.usable_until <= now; });
}

void ConnectionPool::close_if(const std::function<bool(const Connection&)>& unwanted) {
  for (auto origin = idle_.begin(); origin != idle_.end();) {
    size_ -= std::erase_if(origin->second, unwanted);
    origin = origin->second.empty() ? idle_.erase(origin) : std::next(origin);
  }
}

}  // namespace gannet::fetch
