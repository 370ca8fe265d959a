// Idle connections of one lane, by origin. Lane thread only. A connection is either in here or owned by the one
// exchange that uses it.
#pragma once

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
  /// The connection that was used last, or one without a stream when there is none that still works.
  Connection take(const std::string& origin, TimePoint now);

  void give_back(const std::string& origin, Connection connection);

  /// Closes what nobody may use any more.
  void sweep(TimePoint now);
  void clear() { idle_.clear(); }

 private:
  std::unordered_map<std::string, std::vector<Connection>> idle_;
};

}  // namespace gannet::fetch
