// A worker process from its birth to its end: locks itself in, then answers requests, one at a time.
#pragma once

#include "decode/protocol.hpp"

namespace gannet::worker {

/// `socket` is its end of its pair. Returns the exit code when the daemon has closed the other.
int work(int socket, const decode::Spawn& spawn);

}  // namespace gannet::worker
