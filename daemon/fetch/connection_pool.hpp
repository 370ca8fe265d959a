// Idle connections of one lane, by origin. Lane thread only. A connection is either in here or owned by the one
// exchange that uses it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/time.hpp"
#include "net/byte_stream.hpp"

namespace gannet::fetch {

struct Connection {
  std::unique_ptr<net::ByteStream> stream;
  std::string address;
  TimePoint idle_since{};
  TimePoint usable_until{};
};

class ConnectionPool {
 public:
  explicit ConnectionPool(std::size_t most = 1024) : most_(most) {}

  /// The connection that was used last, or one without a stream when there is none that still works.
  Connection take(const std::string& origin, TimePoint now);

  /// When there are too many, those that have been idle longest are closed: descriptors are for the hosts in use.
  void give_back(const std::string& origin, Connection connection);

  /// Idle connections.
  std::size_t size() const { return size_; }

  /// Closes what nobody may use any more.
  void sweep(TimePoint now);
  void clear() {
    idle_.clear();
    size_ = 0;
  }

 private:
  void close_older_half();
  void close_if(const std::function<bool(const Connection&)>& unwanted);

  std::unordered_map<std::string, std::vector<Connection>> idle_;
  std::size_t most_;
  std::size_t size_ = 0;
};

}  // namespace gannet::fetch
