// The daemon's hold on the fork server, a program of its own (gannet-worker): starts it, has it fork workers, and ends
// it with everything that it forked. Not thread-safe; one owner.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>

#include "core/disk.hpp"
#include "decode/protocol.hpp"

namespace gannet::decode {

class ForkServer {
 public:
  /// Starts `program` and waits until its codecs are loaded. Throws std::runtime_error, for the operator, when it does
  /// not come up.
  explicit ForkServer(const std::filesystem::path& program);
  /// Waits until it is gone; ends it when that takes too long.
  ~ForkServer();
  ForkServer(const ForkServer&) = delete;
  ForkServer& operator=(const ForkServer&) = delete;

  /// Asks for a worker, which gets the file `tray` too, and returns our end of its pair; none when the fork server is
  /// gone. An event tells of its birth.
  Descriptor spawn(const Spawn& spawn, int tray);

  /// The next event, if there is one, with the process of a worker that is born. Nothing and `gone()` at its end.
  std::optional<Event> hear(Descriptor& process);
  bool gone() const { return gone_; }

  /// By force, as when it no longer answers. It is gone() soon.
  void kill();

  /// To wait for events.
  int socket() const { return socket_.get(); }

 private:
  Descriptor socket_;
  pid_t process_ = -1;
  bool gone_ = false;
};

/// Where gannet-worker is: beside the program that runs, or where packages put it.
std::filesystem::path worker_program();

}  // namespace gannet::decode
