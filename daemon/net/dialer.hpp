// TCP connections: name to addresses, addresses past the guard, a socket that is connected to the one that won the
// race. What is spoken over it is not decided here. Lane thread only.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "core/settings.hpp"
#include "net/address_gate.hpp"
#include "net/address_guard.hpp"
#include "net/byte_stream.hpp"
#include "net/deadlines.hpp"
#include "net/resolver.hpp"
#include "net/socket.hpp"
#include "net/winners.hpp"

namespace gannet::net {

struct Dialed {
  std::unique_ptr<AddressGate::Slot>
      slot;  // before the socket, so that it is given back behind it; null without a gate
  std::unique_ptr<Socket> socket;
  std::string address;  // of the peer
  milliseconds dns{}, connect{};
  milliseconds waited{};      // for the slot
  bool after_others = false;  // that were tried first, and lost
};

/// Whose word it is that this host may be connected to.
enum class Trust : unsigned char {
  list,      // a list's or a server's: the guard decides
  operator_  // the configuration's, such as a proxy: any address will do
};

class Dialer {
 public:
  /// All must outlive it; `gate`, which may be null, also the connections.
  Dialer(boost::asio::io_context& io, Deadlines& deadlines, const FetchSettings& settings, AddressGate* gate = nullptr);

  /// Fails by `total_end` at the latest, which is put off by the time that it waits for the gate; see pass(). Only
  /// addresses that the guard permits are ever connected to; when none of the name's addresses is, the fault is
  /// `blocked_address`.
  Task<Result<Dialed>> dial(std::string host, std::uint16_t port, TimePoint total_end, Trust trust = Trust::list,
                            AddressGate::Patience patience = AddressGate::Patience::some);

  /// What can be said of a target without asking anybody: `blocked_address` when its port, or the address that it
  /// spells out, is refused. dial() does this by itself; for targets that somebody else, a proxy, will connect to.
  Result<void> check(const std::string& host, std::uint16_t port) const;

  /// Looks the name up in the background, if there is room for it.
  void prefetch(std::string host) { resolver_->prefetch(std::move(host)); }

  /// See Resolver::last_answer.
  TimePoint names_answered() const { return resolver_->last_answer(); }

  /// Ends all waiting for names.
  void shut_down() { resolver_->shut_down(); }

 private:
  struct Track;

  Result<void> remove_refused(Addresses& addresses) const;
  Task<Result<Dialed>> race(Addresses addresses, std::uint16_t port, TimePoint total_end, AddressGate* gate,
                            std::unique_ptr<AddressGate::Slot> slot, Addresses& full);
  Result<void> start(const std::shared_ptr<Track>& track, const boost::asio::ip::tcp::endpoint& to, TimePoint end,
                     std::unique_ptr<AddressGate::Slot> slot);

  boost::asio::io_context& io_;
  Deadlines& deadlines_;
  milliseconds patience_;  // for connecting, all addresses together
  AddressGuard guard_;
  AddressGate* gate_;
  std::unique_ptr<Resolver> resolver_;
  Winners winners_;
};

}  // namespace gannet::net
