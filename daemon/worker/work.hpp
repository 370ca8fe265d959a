// A worker process from its birth to its end: locks itself in, then answers requests, one at a time.
#pragma once

#include <string_view>

#include "decode/protocol.hpp"

namespace gannet::worker {

/// `socket` is its end of its pair, `tray` what is in its tray, now and later. Returns the exit code when the
/// daemon has closed the other end.
int work(int socket, std::string_view tray, const decode::Spawn& spawn);

}  // namespace gannet::worker
