// A listener whose queue is full: the kernel answers no more connection attempts, as if nobody were there.
#pragma once

#include <sys/socket.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <list>

namespace gannet::net {

class FullListener {
 public:
  explicit FullListener(boost::asio::io_context& io, const char* address = "127.0.0.1", std::uint16_t port = 0)
      : FullListener(io, boost::asio::ip::tcp::endpoint(boost::asio::ip::make_address(address), port)) {}

  std::uint16_t port() const { return listener_.local_endpoint().port(); }

 private:
  FullListener(boost::asio::io_context& io, const boost::asio::ip::tcp::endpoint& at) : listener_(io, at.protocol()) {
    listener_.bind(at);
    listener_.listen(0);
    const auto endpoint = listener_.local_endpoint();
    for (int i = 0; i < 8; ++i) {
      auto& filler = fillers_.emplace_back(io, at.protocol());
      filler.native_non_blocking(true);
      ::connect(filler.native_handle(), endpoint.data(), static_cast<socklen_t>(endpoint.size()));
    }
  }

  boost::asio::ip::tcp::acceptor listener_;
  std::list<boost::asio::ip::tcp::socket> fillers_;
};

}  // namespace gannet::net
