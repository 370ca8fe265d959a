#include "net/connector.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "net/plain_stream.hpp"
#include "net/socket.hpp"

namespace gannet::net {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

milliseconds since(TimePoint start) { return std::chrono::round<milliseconds>(Clock::now() - start); }

Fault connect_fault(const boost::system::error_code& error, const tcp::endpoint& to) {
  const std::string where = to.address().to_string() + " port " + std::to_string(to.port());
  if (error == asio::error::connection_refused) return {Reason::connect_refused, where};
  if (error == asio::error::timed_out) return {Reason::connect_timeout, where};
  return {Reason::connect_failed, where + ": " + error.message()};
}

}  // namespace

Connector::Connector(asio::io_context& io, Deadlines& deadlines, const FetchSettings& settings)
    : io_(io),
      deadlines_(deadlines),
      timeouts_(settings.timeouts),
      guard_(settings.allow_addresses, settings.deny_addresses),
      resolver_(make_resolver(io, settings.dns_servers, settings.timeouts.dns)),
      tls_(settings.ca_file) {}

Task<Result<std::unique_ptr<Socket>>> Connector::open(asio::ip::address address, std::uint16_t port, TimePoint by,
                                                      Reason late) {
  const tcp::endpoint to(address, port);
  boost::system::error_code error;
  tcp::socket raw(io_);
  raw.open(to.protocol(), error);
  if (error) co_return Fault{Reason::connect_failed, error.message()};
  raw.non_blocking(true, error);
  raw.set_option(tcp::no_delay(true), error);
  auto socket = std::make_unique<Socket>(std::move(raw), deadlines_);
  socket->deadline().arm(by, late);
  if (socket->deadline().expired() != Reason::none) co_return Fault{socket->deadline().expired(), {}};
  const auto [failed] = co_await socket->get().async_connect(to, asio::as_tuple(asio::use_awaitable));
  if (socket->deadline().expired() != Reason::none) {
    co_return Fault{socket->deadline().expired(), to.address().to_string() + " port " + std::to_string(port)};
  }
  if (failed) co_return connect_fault(failed, to);
  co_return std::move(socket);
}

Task<Result<Connected>> Connector::connect(bool secure, std::string host, std::uint16_t port, TimePoint total_end) {
  Connected connected;
  auto phase = Clock::now();
  auto resolved = co_await resolver_->resolve(host, total_end);
  connected.dns = since(phase);
  if (!resolved) co_return resolved.error();
  const std::size_t found = resolved->size();
  std::string refused;
  std::erase_if(*resolved, [&](const asio::ip::address& address) {
    const bool blocked = !guard_.permits(address);
    if (blocked && refused.empty()) refused = address.to_string();
    return blocked;
  });
  if (resolved->empty()) {
    co_return Fault{Reason::blocked_address, refused + (found > 1 ? " and others" : "")};
  }

  // One address after the other, each with its share of the time that is left.
  phase = Clock::now();
  const auto connect_end = phase + timeouts_.connect;
  std::unique_ptr<Socket> socket;
  Fault last;
  for (std::size_t i = 0; i < resolved->size() && !socket; ++i) {
    const auto now = Clock::now();
    const auto share = (connect_end - now) / static_cast<int>(resolved->size() - i);
    const bool total_first = total_end < now + share;
    auto opened = co_await open((*resolved)[i], port, total_first ? total_end : now + share,
                                total_first ? Reason::total_timeout : Reason::connect_timeout);
    if (opened) {
      socket = std::move(*opened);
      connected.address = (*resolved)[i].to_string();
    } else {
      last = opened.error();
      if (last.reason == Reason::total_timeout || last.reason == Reason::cancelled) break;
    }
  }
  connected.connect = since(phase);
  if (!socket) co_return last;

  if (!secure) {
    connected.stream = make_plain_stream(std::move(socket));
    co_return std::move(connected);
  }
  phase = Clock::now();
  const auto tls_end = phase + timeouts_.tls;
  socket->deadline().arm(std::min(tls_end, total_end),
                         total_end < tls_end ? Reason::total_timeout : Reason::tls_failed);
  auto shaken = co_await tls_.handshake(std::move(socket), std::move(host));
  connected.tls = since(phase);
  if (!shaken) {
    Fault fault = shaken.error();
    if (fault.reason == Reason::tls_failed && fault.detail.empty()) fault.detail = "the handshake took too long";
    if (fault.reason == Reason::reset || fault.reason == Reason::short_body) fault.reason = Reason::tls_failed;
    co_return fault;
  }
  connected.stream = std::move(*shaken);
  co_return std::move(connected);
}

}  // namespace gannet::net
