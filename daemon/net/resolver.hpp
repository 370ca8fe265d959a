// Names to addresses with c-ares, inside the lane: nothing blocks, many names at once, one question for many askers.
// Answers are kept for their time to live, within 30 s and 1 h; that a name does not exist for 60 s, that nobody
// could tell for 1 s. Lane thread only.
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

  /// At least one address, the preferred first. An address spelled out is returned as it is. /etc/hosts is heard.
  /// Faults: `dns_not_found` (the name does not exist), `dns_failed` (nobody could tell), `total_timeout` (not by
  /// `by`), `cancelled` (shut down).
  virtual Task<Result<Addresses>> resolve(std::string host, TimePoint by = TimePoint::max()) = 0;

  /// Ends all questions with `cancelled`.
  virtual void shut_down() = 0;
};

/// `servers` as "192.0.2.1" or "192.0.2.1:5353"; empty: those of the system. `timeout` is for one query to one server,
/// asked twice. Throws std::runtime_error when c-ares cannot start.
std::unique_ptr<Resolver> make_resolver(boost::asio::io_context& io, const std::vector<std::string>& servers,
                                        milliseconds timeout);

}  // namespace gannet::net
