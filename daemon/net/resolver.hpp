// Names to addresses, inside the lane: nothing blocks, many names at once, one inquiry for many askers, answers kept
// for as long as they hold. Lane thread only. The parts: name_cache (what is known), hosts_file (/etc/hosts), lookup
// (one name, which server is asked next), name_servers (which of them is worth asking first), ares_channel (questions
// over the network).
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <memory>
#include <string>
#include <vector>

#include "core/time.hpp"
#include "net/byte_stream.hpp"
#include "net/race.hpp"

namespace gannet::net {

class Resolver {
 public:
  virtual ~Resolver() = default;

  /// At least one address. An address spelled out is returned as it is. /etc/hosts is heard.
  /// Faults: `dns_not_found` (the name does not exist), `dns_failed` (nobody could tell), `total_timeout` (not by
  /// `by`), `cancelled` (shut down).
  virtual Task<Result<Addresses>> resolve(std::string host, TimePoint by = TimePoint::max()) = 0;

  /// Asks in the background, so that resolve() finds the answer; unless it is known. Whoever waits for a name comes
  /// first: this waits until half of the room is free.
  virtual void prefetch(std::string host) = 0;

  /// When a name server last knew a name; the epoch when none ever did. Tells whether names can be resolved at all:
  /// that there is no such name, some routers say of every name while they are cut off.
  virtual TimePoint last_answer() const = 0;

  /// Ends all questions with `cancelled`.
  virtual void shut_down() = 0;
};

/// `servers` as "192.0.2.1" or "192.0.2.1:5353"; empty: those of the system. `timeout` is for one question to one
/// server; with a single server it is asked twice. Questions about at most `in_flight` names are open at once, two for
/// each; further names wait for their turn. Throws std::runtime_error when c-ares cannot start.
std::unique_ptr<Resolver> make_resolver(boost::asio::io_context& io, const std::vector<std::string>& servers,
                                        milliseconds timeout, std::size_t in_flight);

}  // namespace gannet::net
