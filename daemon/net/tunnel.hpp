// Carries out what a ProxyTalk says, over a socket that is connected to the proxy. Lane thread only.
#pragma once

#include "net/proxy_talk.hpp"
#include "net/socket.hpp"

namespace gannet::net {

/// Afterwards the socket leads to the target. Ends by the socket's deadline. Faults: those of the talk, the deadline's
/// reason, `connect_failed` when the proxy closes the connection. Both must outlive the task.
Task<Result<void>> open_tunnel(Socket& socket, ProxyTalk& talk);

}  // namespace gannet::net
