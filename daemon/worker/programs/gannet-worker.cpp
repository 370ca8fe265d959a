// gannet-worker: the fork server and the decode workers. Started by the daemon, which holds the other end of
// descriptor 3; of no use by itself.
#include <sys/socket.h>

#include <iostream>

#include "worker/fork_server.hpp"

int main() {
  constexpr int daemon = 3;
  int type = 0;
  socklen_t size = sizeof type;
  if (::getsockopt(daemon, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_SEQPACKET) {
    std::cerr << "gannet-worker decodes images for gannetd and gannet, which start it themselves (decode.workers)\n";
    return 2;
  }
  return gannet::worker::serve(daemon);
}
