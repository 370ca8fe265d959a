// Questions to one name server by c-ares on the lane's event loop: nothing blocks, many at once.
// Who is asked and what the answers mean is decided elsewhere. Lane thread only; must not be destroyed from within an
// answer.
#pragma once

#include <boost/asio/io_context.hpp>
#include <filesystem>
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

/// `server` as "192.0.2.1", "192.0.2.1:5353", "[2001:db8::1]:53" or "[fe80::1%eth0]:53". A question ends with silence
/// after `timeout`. Throws std::runtime_error when c-ares cannot start or the server is no address.
std::unique_ptr<AresChannel> ask_server(boost::asio::io_context& io, const std::string& server, milliseconds timeout);

/// False when the server is link-local, "fe80::1%eth0", and there is no such network interface.
bool has_interface(const std::string& server);

/// The servers that this system is set up with, as ask_server() takes them. Reads the file; warns of those in it that
/// cannot be asked.
std::vector<std::string> system_servers(const std::filesystem::path& file = "/etc/resolv.conf");

}  // namespace gannet::net
