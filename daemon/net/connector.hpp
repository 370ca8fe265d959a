// Opens connections: name to addresses, addresses past the guard, TCP, then TLS for https. Lane thread only.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>

#include "core/settings.hpp"
#include "core/url.hpp"
#include "net/address_guard.hpp"
#include "net/byte_stream.hpp"
#include "net/deadlines.hpp"
#include "net/resolver.hpp"
#include "net/tls.hpp"

namespace gannet::net {

struct Connected {
  std::unique_ptr<ByteStream> stream;
  std::string address;  // of the peer
  milliseconds dns{}, connect{}, tls{};
};

class Connector {
 public:
  Connector(boost::asio::io_context& io, Deadlines& deadlines, const FetchSettings& settings);

  /// Fails by `total_end` at the latest. Only addresses that the guard permits are ever connected to; when none of a
  /// name's addresses is, the fault is `blocked_address`.
  Task<Result<Connected>> connect(bool secure, std::string host, std::uint16_t port, TimePoint total_end);

  /// Ends all waiting for names.
  void shut_down() { resolver_->shut_down(); }

 private:
  Task<Result<std::unique_ptr<Socket>>> open(boost::asio::ip::address address, std::uint16_t port, TimePoint by,
                                             Reason late);

  boost::asio::io_context& io_;
  Deadlines& deadlines_;
  Timeouts timeouts_;
  AddressGuard guard_;
  std::unique_ptr<Resolver> resolver_;
  TlsContext tls_;
};

}  // namespace gannet::net
