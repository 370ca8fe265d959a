// Questions to one name server by c-ares on the lane's event loop: nothing blocks, many at once.
// Who is asked and what the answers mean is decided elsewhere. Lane thread only; must not be destroyed from within an
// answer.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/time.hpp"
#include "net/lookup.hpp"

namespace gannet::net {

class AresChannel {
 public:
  using Heard = std::function<void(Said)>;

  virtual ~AresChannel() = default;

  /// `heard` is called exactly once, perhaps before this returns.
  virtual void ask(const std::string& name, Family family, Heard heard) = 0;

  /// Every question is answered at once with `cancelled`.
  virtual void cancel() = 0;
};

/// `server` as "192.0.2.1", "192.0.2.1:5353" or "[2001:db8::1]:53". A question ends with silence after `timeout`.
/// Throws std::runtime_error when c-ares cannot start or the server is no address.
std::unique_ptr<AresChannel> ask_server(boost::asio::io_context& io, const std::string& server, milliseconds timeout);

/// The servers that this system is set up with (/etc/resolv.conf), as ask_server() takes them. Reads the file.
std::vector<std::string> system_servers();

}  // namespace gannet::net
