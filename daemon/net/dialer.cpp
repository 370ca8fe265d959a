#include "net/dialer.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>
#include <vector>

#include "net/gate_wait.hpp"
#include "net/race.hpp"

namespace gannet::net {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

const std::string not_allowed = " not allowed (fetch.allow_addresses)";

milliseconds since(TimePoint start) { return std::chrono::round<milliseconds>(Clock::now() - start); }

std::string place(const tcp::endpoint& to) { return to.address().to_string() + " port " + std::to_string(to.port()); }

Fault connect_fault(const boost::system::error_code& error, const tcp::endpoint& to) {
  if (error == asio::error::connection_refused) return {Reason::connect_refused, place(to)};
  if (error == asio::error::timed_out) return {Reason::connect_timeout, place(to)};
  return {Reason::connect_failed, place(to) + ": " + error.message()};
}

}  // namespace

Dialer::Dialer(asio::io_context& io, Deadlines& deadlines, const FetchSettings& settings, AddressGate* gate)
    : io_(io),
      deadlines_(deadlines),
      patience_(settings.timeouts.connect),
      guard_(settings.allow_addresses, settings.deny_addresses, settings.allow_ports),
      gate_(gate),
      resolver_(make_resolver(io, settings.dns_servers, settings.timeouts.dns, settings.dns_in_flight)) {}

Result<void> Dialer::check(const std::string& host, std::uint16_t port) const {
  if (!guard_.permits_port(port)) {
    return Fault{Reason::blocked_address, "port " + std::to_string(port) + " is not allowed (fetch.allow_ports)"};
  }
  boost::system::error_code not_an_address;
  const auto address = asio::ip::make_address(host, not_an_address);
  if (!not_an_address && !guard_.permits(address)) return Fault{Reason::blocked_address, host + " is" + not_allowed};
  return {};
}

// The attempts of one race. Shared with their handlers: those of the losers run when the race is long over.
struct Dialer::Track {
  explicit Track(asio::io_context& io) : bell(io) {}

  struct Attempt {
    tcp::endpoint to;
    std::unique_ptr<AddressGate::Slot> slot;  // given back behind the socket
    std::unique_ptr<Socket> socket;           // while it runs
    boost::system::error_code error;
    bool news = false;  // it has ended, and nobody has looked at it yet
  };

  asio::steady_timer bell;  // cancelled when there is news
  std::vector<Attempt> attempts;

  // Closes what is under way, however the race ended.
  struct Closing {
    explicit Closing(Track& closed) : track(closed) {}
    ~Closing() { track.attempts.clear(); }
    Closing(const Closing&) = delete;
    Closing& operator=(const Closing&) = delete;
    Track& track;
  };
};

Result<void> Dialer::start(const std::shared_ptr<Track>& track, const tcp::endpoint& to, TimePoint end,
                           std::unique_ptr<AddressGate::Slot> slot) {
  auto& attempt = track->attempts.emplace_back();
  attempt.to = to;
  attempt.slot = std::move(slot);
  boost::system::error_code error;
  tcp::socket raw(io_);
  raw.open(to.protocol(), error);
  if (error) return Fault{Reason::connect_failed, place(to) + ": no socket: " + error.message()};
  raw.non_blocking(true, error);
  raw.set_option(tcp::no_delay(true), error);
  attempt.socket = std::make_unique<Socket>(std::move(raw), deadlines_);
  // The race keeps the time; the deadline is how the end of the lane is heard.
  attempt.socket->deadline().arm(end, Reason::connect_timeout);
  if (attempt.socket->deadline().expired() != Reason::none) return Fault{Reason::cancelled, {}};
  const auto number = track->attempts.size() - 1;
  attempt.socket->get().async_connect(to, [track, number](const boost::system::error_code& failed) {
    if (number >= track->attempts.size()) return;  // the race is over
    track->attempts[number].error = failed;
    track->attempts[number].news = true;
    track->bell.cancel();
  });
  return {};
}

// With a gate, `slot` is that of one of the addresses; those that have none to spare are left out, and are in `full`.
Task<Result<Dialed>> Dialer::race(Addresses addresses, std::uint16_t port, TimePoint total_end, AddressGate* gate,
                                  std::unique_ptr<AddressGate::Slot> slot, Addresses& full) {
  const auto connect_end = Clock::now() + patience_;
  const auto end = std::min(connect_end, total_end);
  const auto late = total_end < connect_end ? Reason::total_timeout : Reason::connect_timeout;
  const auto track = std::make_shared<Track>(io_);
  const Track::Closing closing(*track);
  track->attempts.reserve(addresses.size());
  Race race(addresses.size(), end);
  for (;;) {
    const auto move = race.next(Clock::now());
    if (move.kind == Race::Move::Kind::lost) co_return race.fault();
    if (move.kind == Race::Move::Kind::late) {
      const auto silent =
          std::ranges::find_if(track->attempts, [](const auto& each) { return each.socket != nullptr; });
      Fault fault{late, place(silent == track->attempts.end() ? tcp::endpoint(addresses[0], port) : silent->to)};
      if (late != Reason::connect_timeout) co_return fault;
      race.failed(std::move(fault), end);
      co_return race.fault();
    }
    if (move.kind == Race::Move::Kind::start) {
      const auto& address = addresses[move.address];
      std::unique_ptr<AddressGate::Slot> its;
      if (gate) {
        const bool held = slot && slot->is_of(address);
        its = held ? std::move(slot) : gate->enter(address);
        if (!its) {
          full.push_back(address);
          race.failed({}, Clock::now());
          continue;
        }
      }
      const auto started = start(track, {address, port}, end, std::move(its));
      if (!started && started.error().reason == Reason::cancelled) co_return started.error();
      if (!started) race.failed(started.error(), Clock::now());
      continue;
    }
    track->bell.expires_at(move.until);
    co_await track->bell.async_wait(asio::as_tuple(asio::use_awaitable));
    for (auto& attempt : track->attempts) {
      if (!std::exchange(attempt.news, false)) continue;
      auto slot_of = std::move(attempt.slot);  // given back behind the socket
      auto socket = std::move(attempt.socket);
      const auto expired = socket->deadline().expired();
      if (expired == Reason::cancelled) co_return Fault{expired, {}};
      if (attempt.error) {
        race.failed(
            expired == Reason::none ? connect_fault(attempt.error, attempt.to) : Fault{expired, place(attempt.to)},
            Clock::now());
        continue;
      }
      Dialed dialed;
      dialed.address = attempt.to.address().to_string();
      dialed.after_others = &attempt != &track->attempts.front();
      dialed.slot = std::move(slot_of);
      dialed.socket = std::move(socket);
      co_return std::move(dialed);
    }
  }
}

Task<Result<Dialed>> Dialer::dial(std::string host, std::uint16_t port, TimePoint total_end, Trust trust,
                                  AddressGate::Patience patience) {
  if (trust == Trust::list) {
    if (const auto allowed = check(host, port); !allowed) co_return allowed.error();
  }
  auto phase = Clock::now();
  auto resolved = co_await resolver_->resolve(host, total_end);
  const auto dns = since(phase);
  if (!resolved) co_return resolved.error();
  if (trust == Trust::list) {
    if (const auto left = remove_refused(*resolved); !left) co_return left.error();
  }
  AddressGate* const gate = trust == Trust::list ? gate_ : nullptr;
  Addresses addresses = interleaved(*resolved);
  winners_.put_first(host, addresses, Clock::now());
  milliseconds waited{0};
  for (;;) {
    std::unique_ptr<AddressGate::Slot> slot;
    phase = Clock::now();
    if (gate) {
      auto passed = co_await pass(io_, deadlines_, *gate, addresses, patience, total_end);
      if (!passed) co_return passed.error();
      slot = *std::move(passed);
      waited += since(phase);
      phase = Clock::now();
    }
    Addresses full;
    auto dialed = co_await race(std::move(addresses), port, total_end + waited, gate, std::move(slot), full);
    if (dialed) {
      if (dialed->after_others) winners_.won(host, asio::ip::make_address(dialed->address), Clock::now());
      dialed->dns = dns;
      dialed->connect = since(phase);
      dialed->waited = waited;
      co_return std::move(dialed);
    }
    const auto why = dialed.error().reason;
    if (full.empty() || why == Reason::cancelled || why == Reason::total_timeout) co_return dialed.error();
    addresses = std::move(full);  // these may still work
  }
}

Result<void> Dialer::remove_refused(Addresses& addresses) const {
  const std::size_t found = addresses.size();
  std::string refused;
  std::erase_if(addresses, [&](const asio::ip::address& address) {
    const bool blocked = !guard_.permits(address);
    if (blocked && refused.empty()) refused = address.to_string();
    return blocked;
  });
  if (addresses.empty())
    return Fault{Reason::blocked_address, refused + (found > 1 ? " and others are" : " is") + not_allowed};
  return {};
}

}  // namespace gannet::net
