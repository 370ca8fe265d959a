#include "net/connector.hpp"

#include "net/plain_stream.hpp"
#include "net/socket.hpp"

namespace gannet::net {

namespace asio = boost::asio;

namespace {

milliseconds since(TimePoint start) { return std::chrono::round<milliseconds>(Clock::now() - start); }

}  // namespace

Connector::Connector(asio::io_context& io, Deadlines& deadlines, const FetchSettings& settings)
    : timeouts_(settings.timeouts), hosts_(settings.hosts), dialer_(io, deadlines, settings), tls_(settings.ca_file) {}

Task<Result<Connected>> Connector::connect(bool secure, std::string host, std::uint16_t port, TimePoint total_end,
                                           bool offer_h2) {
  auto dialed = co_await dialer_.dial(host, port, total_end);
  if (!dialed) co_return dialed.error();
  Connected connected;
  connected.address = std::move(dialed->address);
  connected.dns = dialed->dns;
  connected.connect = dialed->connect;
  auto socket = std::move(dialed->socket);

  if (!secure) {
    connected.stream = make_plain_stream(std::move(socket));
    co_return std::move(connected);
  }
  const auto phase = Clock::now();
  const auto tls_end = phase + timeouts_.tls;
  socket->deadline().arm(std::min(tls_end, total_end),
                         total_end < tls_end ? Reason::total_timeout : Reason::tls_failed);
  TlsWish wish;
  wish.host = std::move(host);
  wish.port = port;
  wish.offer_h2 = offer_h2;
  wish.insecure = said_of(hosts_, wish.host, &HostRule::insecure) != nullptr;
  auto shaken = co_await tls_.handshake(std::move(socket), std::move(wish));
  connected.tls = since(phase);
  if (!shaken) {
    Fault fault = shaken.error();
    if (fault.reason == Reason::tls_failed && fault.detail.empty()) fault.detail = "the handshake took too long";
    if (fault.reason == Reason::reset || fault.reason == Reason::short_body) fault.reason = Reason::tls_failed;
    co_return fault;
  }
  connected.stream = std::move(shaken->stream);
  connected.protocol = shaken->protocol;
  co_return std::move(connected);
}

}  // namespace gannet::net
