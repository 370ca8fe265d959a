#include "fetch/connection_pool.hpp"

#include <algorithm>
#include <utility>

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
    if (newest.usable_until > now && newest.stream->quiet() && (!newest.slot || newest.slot->work())) return newest;
  }
  return {};
}

void ConnectionPool::give_back(const std::string& origin, Connection connection) {
  connection.stream->expires_never();
  if (size_ + shared_size_ >= most_) close_older_half();
  idle_[origin].push_back(std::move(connection));
  ++size_;
}

void ConnectionPool::close_given_up(const std::string& origin) {
  const auto found = idle_.find(origin);
  if (found == idle_.end()) return;
  size_ -= std::erase_if(found->second, [](const Connection& one) { return one.slot && one.slot->given_up(); });
}

std::shared_ptr<H2Connection> ConnectionPool::shared(const std::string& origin, std::size_t most,
                                                     TimePoint idle_before) {
  const auto found = shared_.find(origin);
  if (found == shared_.end()) return nullptr;
  std::shared_ptr<H2Connection> best;
  std::size_t count = 0;
  for (const auto& one : found->second) {
    const bool stale = one->in_flight() == 0 && one->asked() > 0 && one->idle_since() <= idle_before;
    if (stale || !one->accepting()) continue;
    if (one->has_room()) return one;
    ++count;
    if (!best || one->in_flight() < best->in_flight()) best = one;
  }
  return count < most ? nullptr : best;
}

void ConnectionPool::share(const std::string& origin, std::shared_ptr<H2Connection> connection) {
  if (size_ + shared_size_ >= most_) close_older_half();
  shared_[origin].push_back(std::move(connection));
  ++shared_size_;
}

void ConnectionPool::close_older_half() {
  std::vector<TimePoint> times;
  for (const auto& [origin, connections] : idle_) {
    for (const auto& one : connections) times.push_back(one.idle_since);
  }
  for (const auto& [origin, connections] : shared_) {
    for (const auto& one : connections) {
      if (one->in_flight() == 0) times.push_back(one->idle_since());
    }
  }
  if (times.empty()) return;
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::ranges::nth_element(times, middle);
  close_if([limit = *middle](const Connection& one) { return one.idle_since <= limit; });
  close_shared_if([limit = *middle](const H2Connection& one) { return one.idle_since() <= limit; });
}

void ConnectionPool::sweep(TimePoint now, TimePoint idle_before) {
  close_if([now](const Connection& one) { return one.usable_until <= now; });
  close_shared_if([idle_before](const H2Connection& one) { return one.idle_since() <= idle_before; });
}

void ConnectionPool::clear() {
  idle_.clear();
  size_ = 0;
  const auto all = std::exchange(shared_, {});
  shared_size_ = 0;
  for (const auto& [origin, connections] : all) {
    for (const auto& one : connections) one->close();
  }
}

void ConnectionPool::close_if(const std::function<bool(const Connection&)>& unwanted) {
  for (auto origin = idle_.begin(); origin != idle_.end();) {
    size_ -= std::erase_if(origin->second, unwanted);
    origin = origin->second.empty() ? idle_.erase(origin) : std::next(origin);
  }
}

// Of idle ones. Those that are over are forgotten on the way.
void ConnectionPool::close_shared_if(const std::function<bool(const H2Connection&)>& unwanted) {
  for (auto origin = shared_.begin(); origin != shared_.end();) {
    shared_size_ -= std::erase_if(origin->second, [&](const std::shared_ptr<H2Connection>& one) {
      if (one->in_flight() == 0 && unwanted(*one)) one->close();
      return one->over();
    });
    origin = origin->second.empty() ? shared_.erase(origin) : std::next(origin);
  }
}

}  // namespace gannet::fetch
