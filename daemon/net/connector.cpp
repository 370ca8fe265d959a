#include "net/connector.hpp"

#include "net/plain_stream.hpp"
#include "net/proxy_choice.hpp"
#include "net/socket.hpp"
#include "net/tunnel.hpp"

namespace gannet::net {

namespace asio = boost::asio;

namespace {

milliseconds since(TimePoint start) { return std::chrono::round<milliseconds>(Clock::now() - start); }

// The target is not to blame for what the proxy is not, nor for what it does.
Fault proxy_fault(Fault fault, const Proxy& proxy) {
  const bool ours = fault.reason == Reason::cancelled || fault.reason == Reason::total_timeout ||
                    fault.reason == Reason::connect_refused || fault.reason == Reason::connect_timeout;
  if (!ours) fault.reason = Reason::connect_failed;
  const std::string who = "the proxy " + proxy.place();
  const std::string what = fault.detail.empty() ? "no answer in time" : fault.detail;
  if (!what.starts_with(who)) fault.detail = who + ": " + what;
  return fault;
}

}  // namespace

Connector::Connector(asio::io_context& io, Deadlines& deadlines, const FetchSettings& settings, AddressGate* gate)
    : settings_(settings), dialer_(io, deadlines, settings, gate), tls_(settings.ca_file) {}

Task<Result<Connected>> Connector::connect(bool secure, std::string host, std::uint16_t port, TimePoint total_end,
                                           bool offer_h2, AddressGate::Patience patience) {
  auto dialed = co_await reach(secure, host, port, total_end, patience);
  if (!dialed) co_return dialed.error();
  total_end += dialed->waited;
  Connected connected;
  connected.slot = std::move(dialed->slot);
  connected.waited = dialed->waited;
  connected.address = std::move(dialed->address);
  connected.dns = dialed->dns;
  connected.connect = dialed->connect;
  auto socket = std::move(dialed->socket);

  if (!secure) {
    connected.stream = make_plain_stream(std::move(socket));
    co_return std::move(connected);
  }
  const auto phase = Clock::now();
  const auto tls_end = phase + settings_.timeouts.tls;
  socket->deadline().arm(std::min(tls_end, total_end),
                         total_end < tls_end ? Reason::total_timeout : Reason::tls_failed);
  TlsWish wish;
  wish.host = std::move(host);
  wish.port = port;
  wish.offer_h2 = offer_h2;
  const bool* insecure = said_of(settings_.hosts, wish.host, &HostRule::insecure);
  wish.insecure = insecure && *insecure;
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

Result<void> Connector::check(const std::string& host, std::uint16_t port) const {
  return proxy_for(settings_, host) ? dialer_.check(host, port) : Result<void>();
}

void Connector::prefetch(std::string host) {
  if (!proxy_for(settings_, host)) dialer_.prefetch(std::move(host));
}

Task<Result<Dialed>> Connector::reach(bool secure, std::string host, std::uint16_t port, TimePoint total_end,
                                      AddressGate::Patience patience) {
  if (const Proxy* proxy = proxy_for(settings_, host)) {
    return through(*proxy, secure, std::move(host), port, total_end);
  }
  return dialer_.dial(std::move(host), port, total_end, Trust::list, patience);
}

Task<Result<Dialed>> Connector::through(const Proxy& proxy, bool secure, std::string host, std::uint16_t port,
                                        TimePoint total_end) {
  const auto permitted = dialer_.check(host, port);
  if (!permitted) co_return permitted.error();
  auto dialed = co_await dialer_.dial(proxy.host, proxy.port, total_end, Trust::operator_);
  if (!dialed) {
    Fault fault = proxy_fault(dialed.error(), proxy);
    fault.of_proxy = true;
    co_return fault;
  }
  if (proxy.kind == Proxy::Kind::http && !secure) co_return std::move(dialed);

  // The proxy connects for us: what is left of the time for that is its.
  const auto start = Clock::now();
  const auto end = start + std::max(settings_.timeouts.connect - dialed->connect, milliseconds{0});
  dialed->socket->deadline().arm(std::min(end, total_end),
                                 total_end < end ? Reason::total_timeout : Reason::connect_timeout);
  const auto talk = make_proxy_talk(proxy, host, port);
  const auto opened = co_await open_tunnel(*dialed->socket, *talk);
  dialed->connect += since(start);
  if (!opened) co_return proxy_fault(opened.error(), proxy);
  co_return std::move(dialed);
}

}  // namespace gannet::net
