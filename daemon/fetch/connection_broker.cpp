#include "fetch/connection_broker.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <optional>

#include "fetch/request.hpp"

namespace gannet::fetch {

using Known = Handshakes::Known;

ConnectionBroker::ConnectionBroker(boost::asio::io_context& io, net::Deadlines& deadlines,
                                   const FetchSettings& settings, net::AddressGate* gate)
    : io_(io),
      deadlines_(deadlines),
      settings_(settings),
      connector_(io, deadlines, settings, gate),
      handshakes_(io, deadlines),
      pool_(settings.most_idle) {}

void ConnectionBroker::shut_down() {
  shut_down_ = true;
  pool_.clear();
  connector_.shut_down();
}

net::Task<Result<Lease>> ConnectionBroker::lease(Url url, bool fresh, TimePoint total_end,
                                                 net::AddressGate::Patience patience) {
  if (const auto permitted = connector_.check(url.host, url.port); !permitted) co_return permitted.error();
  const std::string origin = connection_key(url, settings_);
  for (;;) {
    const auto known = handshakes_.known(origin);
    const bool offer_h2 = url.secure && settings_.http2 && known != Known::only_http1;
    const auto now = Clock::now();
    Lease lease;
    if (offer_h2) lease.h2 = pool_.shared(origin, settings_.h2_connections, now - settings_.keep_alive);
    if (!lease.h2 && !fresh) lease.http1 = pool_.take(origin, now);
    if (lease.h2 || lease.http1.stream) {
      lease.reused = !lease.h2 || lease.h2->asked() > 0;
      co_return std::move(lease);
    }
    if (!offer_h2 || known == Known::http1) co_return co_await connect(std::move(url), offer_h2, total_end, patience);
    if (!handshakes_.under_way(origin)) break;
    const auto waited = co_await handshakes_.wait(origin, total_end);
    if (!waited) co_return waited.error();
  }
  auto turn = handshakes_.begin(origin);  // ends behind the return: whoever waited finds what came of it
  auto lease = co_await connect(std::move(url), true, total_end, patience);
  const Fault fault = lease ? Fault{} : lease.error();
  // Out of time or cancelled is this request alone.
  const bool alone =
      fault.again_in == 0ms && (fault.reason == Reason::total_timeout || fault.reason == Reason::cancelled);
  if (!lease && !alone) turn.failed(fault);
  co_return std::move(lease);
}

net::Task<Result<Lease>> ConnectionBroker::connect(Url url, bool offer_h2, TimePoint total_end,
                                                   net::AddressGate::Patience patience) {
  const std::string origin = url.origin();
  auto connected = co_await connector_.connect(url.secure, url.host, url.port, total_end, offer_h2, patience);
  if (!connected) co_return connected.error();
  Lease lease;
  lease.dns = connected->dns;
  lease.connect = connected->connect;
  lease.tls = connected->tls;
  lease.waited = connected->waited;
  if (connected->protocol == net::Protocol::h2) {
    lease.h2 = H2Connection::open(io_, deadlines_, std::move(connected->stream), std::move(connected->address),
                                  settings_, std::move(connected->slot));
    if (shut_down_) lease.h2->close();
    pool_.share(origin, lease.h2);
  } else {
    if (offer_h2) handshakes_.learn(origin, Known::http1);
    lease.http1.slot = std::move(connected->slot);
    lease.http1.stream = std::move(connected->stream);
    lease.http1.address = std::move(connected->address);
  }
  co_return std::move(lease);
}

void ConnectionBroker::give_back(const Url& url, Connection connection, std::optional<seconds> servers_limit) {
  const milliseconds kept = servers_limit.value_or(std::chrono::hours{24});
  connection.idle_since = Clock::now();
  connection.usable_until = connection.idle_since + std::min(settings_.keep_alive, kept);
  const std::string key = connection_key(url, settings_);
  if (connection.slot) {
    auto give_up = [this, key] { boost::asio::post(io_, [this, key] { pool_.close_given_up(key); }); };
    if (!connection.slot->rest(std::move(give_up))) return;  // and is closed: others wait for its address
  }
  pool_.give_back(key, std::move(connection));
}

}  // namespace gannet::fetch
