// The connections of one lane that a request can use, by origin. Lane thread only. One of HTTP/1.1 is either in here,
// idle, or owned by the one exchange that uses it. Those of HTTP/2 are shared: they are in here until they are over.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/time.hpp"
#include "fetch/h2_connection.hpp"
#include "net/address_gate.hpp"
#include "net/byte_stream.hpp"

namespace gannet::fetch {

struct Connection {
  std::unique_ptr<net::AddressGate::Slot> slot;  // given back behind the stream; null without a gate
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

  /// Closes those of which the slot is being given up.
  void close_given_up(const std::string& origin);

  /// Idle connections of HTTP/1.1.
  std::size_t size() const { return size_; }

  /// A connection of HTTP/2 that takes another request: one where it need not wait, as far as that is known. Nothing
  /// when there is none, or when the request would have to wait and there are fewer than `most` of them. Those that
  /// have been idle since `idle_before` are not used again.
  std::shared_ptr<H2Connection> shared(const std::string& origin, std::size_t most, TimePoint idle_before);

  void share(const std::string& origin, std::shared_ptr<H2Connection> connection);

  /// Closes what nobody may use any more, and connections of HTTP/2 that have been idle since `idle_before`.
  void sweep(TimePoint now, TimePoint idle_before);

  /// Closes all, those of HTTP/2 even while they are used.
  void clear();

 private:
  void close_older_half();
  void close_if(const std::function<bool(const Connection&)>& unwanted);
  void close_shared_if(const std::function<bool(const H2Connection&)>& unwanted);

  std::unordered_map<std::string, std::vector<Connection>> idle_;
  std::unordered_map<std::string, std::vector<std::shared_ptr<H2Connection>>> shared_;
  std::size_t most_;
  std::size_t size_ = 0;
  std::size_t shared_size_ = 0;
};

}  // namespace gannet::fetch
