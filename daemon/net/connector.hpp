// Opens connections: TCP by the dialer, a way through a proxy where there is one, then TLS for https. Lane thread only.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>

#include "core/settings.hpp"
#include "core/url.hpp"
#include "net/byte_stream.hpp"
#include "net/deadlines.hpp"
#include "net/dialer.hpp"
#include "net/tls.hpp"

namespace gannet::net {

struct Connected {
  std::unique_ptr<AddressGate::Slot> slot;  // as in Dialed
  std::unique_ptr<ByteStream> stream;
  std::string address;  // of the peer: the proxy, where there is one
  Protocol protocol = Protocol::http1;
  milliseconds dns{}, connect{}, tls{};
  milliseconds waited{};
};

class Connector {
 public:
  /// As for Dialer.
  Connector(boost::asio::io_context& io, Deadlines& deadlines, const FetchSettings& settings,
            AddressGate* gate = nullptr);

  /// Fails by `total_end` at the latest, but for the time that it waits for the gate; see Dialer. Only addresses that
  /// the guard permits are ever connected to; when none of a name's addresses is, the fault is `blocked_address`. Where
  /// the settings name a proxy for the host, its name is not resolved, and only an address spelled out can be refused;
  /// a plain stream then leads to the HTTP proxy itself, which wants to be asked with the whole URL. `offer_h2`: over
  /// TLS the server may choose HTTP/2.
  Task<Result<Connected>> connect(bool secure, std::string host, std::uint16_t port, TimePoint total_end,
                                  bool offer_h2 = false, AddressGate::Patience patience = AddressGate::Patience::some);

  /// What can be said of a target without asking anybody: `blocked_address` when it is reached through a proxy and its
  /// port, or the address that it spells out, is refused. connect() asks this by itself; for whoever has a connection
  /// to the proxy already, which leads everywhere.
  Result<void> check(const std::string& host, std::uint16_t port) const;

  /// A connection to this host will be asked for soon. Behind a proxy its name is looked up there alone.
  void prefetch(std::string host);

  /// See Resolver::last_answer.
  TimePoint names_answered() const { return dialer_.names_answered(); }

  /// Ends all waiting for names.
  void shut_down() { dialer_.shut_down(); }

 private:
  Task<Result<Dialed>> reach(bool secure, std::string host, std::uint16_t port, TimePoint total_end,
                             AddressGate::Patience patience);
  Task<Result<Dialed>> through(const Proxy& proxy, bool secure, std::string host, std::uint16_t port,
                               TimePoint total_end);

  FetchSettings settings_;
  Dialer dialer_;
  TlsContext tls_;
};

}  // namespace gannet::net
