// A connected TCP socket with a deadline: what the plain and the TLS stream share. Waiting is separate from reading,
// so that bytes already there cost one system call and no trip through the event loop.
#pragma once

#include <boost/asio/ip/tcp.hpp>

#include "net/byte_stream.hpp"
#include "net/deadlines.hpp"

namespace gannet::net {

class Socket {
 public:
  using Direction = boost::asio::ip::tcp::socket::wait_type;

  /// The socket may still have to be connected.
  Socket(boost::asio::ip::tcp::socket socket, Deadlines& deadlines);

  boost::asio::ip::tcp::socket& get() { return socket_; }
  int descriptor() { return socket_.native_handle(); }
  Deadline& deadline() { return deadline_; }

  /// As ByteStream has them; faults `reset` or the deadline's reason.
  Task<Result<std::size_t>> read_some(std::span<char> room);
  Task<Result<void>> write(std::string_view bytes);

  /// Ends when the socket is ready, or with the deadline's reason.
  Task<Result<void>> ready(Direction direction);

  /// Whether nothing has arrived, not even the end. One cheap system call.
  bool silent();

  /// The fault for the error number of a failed call.
  static Fault fault(int error_number);

 private:
  boost::asio::ip::tcp::socket socket_;
  Deadlines& deadlines_;
  Deadline deadline_;
};

}  // namespace gannet::net
