// A ByteStream over a bare TCP connection.
#pragma once

#include <memory>

#include "net/socket.hpp"

namespace gannet::net {

std::unique_ptr<ByteStream> make_plain_stream(std::unique_ptr<Socket> socket);

}  // namespace gannet::net
