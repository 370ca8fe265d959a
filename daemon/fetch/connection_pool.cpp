#include "fetch/connection_pool.hpp"

namespace gannet::fetch {

// A connection used a moment ago is trusted; asking the kernel about each would cost a system call a request.
constexpr milliseconds trusted_for{100};

Connection ConnectionPool::take(const std::string& origin, TimePoint now) {
  const auto found = idle_.find(origin);
  if (found == idle_.end()) return {};
  auto& connections = found->second;
  while (!connections.empty()) {
    Connection newest = std::move(connections.back());
    connections.pop_back();
    const bool fresh = now - newest.idle_since < trusted_for;
    if (newest.usable_until > now && (fresh || newest.stream->quiet())) return newest;
  }
  return {};
}

void ConnectionPool::give_back(const std::string& origin, Connection connection) {
  connection.stream->expires_never();
  idle_[origin].push_back(std::move(connection));
}

void ConnectionPool::sweep(TimePoint now) {
  for (auto origin = idle_.begin(); origin != idle_.end();) {
    std::erase_if(origin->second, [now](const Connection& one) { return one.usable_until <= now; });
    origin = origin->second.empty() ? idle_.erase(origin) : std::next(origin);
  }
}

}  // namespace gannet::fetch
