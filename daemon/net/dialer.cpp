#include "net/dialer.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>

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

Dialer::Dialer(asio::io_context& io, Deadlines& deadlines, const FetchSettings& settings)
    : io_(io),
      deadlines_(deadlines),
      patience_(settings.timeouts.connect),
      guard_(settings.allow_addresses, settings.deny_addresses, settings.allow_ports),
      resolver_(make_resolver(io, settings.dns_servers, settings.timeouts.dns)) {}

Result<void> Dialer::check(const std::string& host, std::uint16_t port) const {
  if (!guard_.permits_port(port)) {
    return Fault{Reason::blocked_address, "port " + std::to_string(port) + " is not allowed (fetch.allow_ports)"};
  }
  boost::system::error_code not_an_address;
  const auto address = asio::ip::make_address(host, not_an_address);
  if (!not_an_address && !guard_.permits(address)) return Fault{Reason::blocked_address, host};
  return {};
}

Task<Result<std::unique_ptr<Socket>>> Dialer::open(asio::ip::address address, std::uint16_t port, TimePoint by,
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

Task<Result<Dialed>> Dialer::dial(std::string host, std::uint16_t port, TimePoint total_end, Trust trust) {
  if (trust == Trust::list) {
    if (const auto allowed = check(host, port); !allowed) co_return allowed.error();
  }
  Dialed dialed;
  auto phase = Clock::now();
  auto resolved = co_await resolver_->resolve(host, total_end);
  dialed.dns = since(phase);
  if (!resolved) co_return resolved.error();
  if (trust == Trust::list) {
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
  }

  // One address after the other, each with its share of the time that is left.
  phase = Clock::now();
  const auto connect_end = phase + patience_;
  Fault last;
  for (std::size_t i = 0; i < resolved->size() && !dialed.socket; ++i) {
    const auto now = Clock::now();
    const auto share = (connect_end - now) / static_cast<int>(resolved->size() - i);
    const bool total_first = total_end < now + share;
    auto opened = co_await open((*resolved)[i], port, total_first ? total_end : now + share,
                                total_first ? Reason::total_timeout : Reason::connect_timeout);
    if (opened) {
      dialed.socket = std::move(*opened);
      dialed.address = (*resolved)[i].to_string();
    } else {
      last = opened.error();
      if (last.reason == Reason::total_timeout || last.reason == Reason::cancelled) break;
    }
  }
  dialed.connect = since(phase);
  if (!dialed.socket) co_return last;
  co_return std::move(dialed);
}

}  // namespace gannet::net
