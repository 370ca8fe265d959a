// Finds each request its connection: an idle one, a shared one of HTTP/2, or a new one, for which it may have to wait
// until another request has found out what the server speaks. One object a lane, on its thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>

#include "core/settings.hpp"
#include "core/url.hpp"
#include "fetch/connection_pool.hpp"
#include "fetch/h2_connection.hpp"
#include "fetch/handshakes.hpp"
#include "net/connector.hpp"
#include "net/deadlines.hpp"

namespace gannet::fetch {

/// What one request may use. HTTP/1.1: its own connection, to be given back if it can be used again. HTTP/2: a share in
/// one.
struct Lease {
  Connection http1;
  std::shared_ptr<H2Connection> h2;
  bool reused = false;  // the connection has served another request
  milliseconds dns{}, connect{}, tls{};
  milliseconds waited{};  // for room at the address

  const std::string& address() const { return h2 ? h2->address() : http1.address; }
};

class ConnectionBroker {
 public:
  /// All must outlive it.
  ConnectionBroker(boost::asio::io_context& io, net::Deadlines& deadlines, const FetchSettings& settings,
                   net::AddressGate* gate = nullptr);

  /// Ends by `total_end`, which waiting for room at the address puts off; see net::pass(). `fresh`: an idle connection
  /// has just turned out to be dead, so its siblings are not tried.
  net::Task<Result<Lease>> lease(Url url, bool fresh, TimePoint total_end,
                                 net::AddressGate::Patience patience = net::AddressGate::Patience::some);

  /// A connection of HTTP/1.1 that can take another request, for as long as the server may have said.
  void give_back(const Url& url, Connection connection, std::optional<seconds> servers_limit);

  /// The origin is to be asked over HTTP/1.1 from now on.
  void avoid_h2(const std::string& origin) { handshakes_.learn(origin, Handshakes::Known::only_http1); }

  /// The name of this host will be needed soon.
  void prefetch(std::string host) { connector_.prefetch(std::move(host)); }

  /// When a name server last knew a name.
  TimePoint names_answered() const { return connector_.names_answered(); }

  void sweep(TimePoint now) { pool_.sweep(now, now - settings_.keep_alive); }

  /// Idle connections are closed, and all else ends as `cancelled`, with the deadlines.
  void shut_down();

 private:
  net::Task<Result<Lease>> connect(Url url, bool offer_h2, TimePoint total_end, net::AddressGate::Patience patience);

  boost::asio::io_context& io_;
  net::Deadlines& deadlines_;
  const FetchSettings& settings_;
  net::Connector connector_;
  Handshakes handshakes_;
  ConnectionPool pool_;
  bool shut_down_ = false;
};

}  // namespace gannet::fetch
