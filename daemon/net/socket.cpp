#include "net/socket.hpp"

#include <poll.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstring>

namespace gannet::net {

namespace asio = boost::asio;

Socket::Socket(asio::ip::tcp::socket socket, Deadlines& deadlines)
    : socket_(std::move(socket)), deadline_(deadlines, [this] {
        boost::system::error_code ignored;
        socket_.cancel(ignored);
      }) {}

Task<Result<void>> Socket::ready(Direction direction) {
  // A deadline that passed while nobody waited has nothing to cancel: look first.
  if (deadline_.expired() != Reason::none) co_return Fault{deadline_.expired(), {}};
  const auto [error] = co_await socket_.async_wait(direction, asio::as_tuple(asio::use_awaitable));
  if (deadline_.expired() != Reason::none) co_return Fault{deadline_.expired(), {}};
  if (error) co_return Fault{Reason::reset, error.message()};
  co_return Result<void>();
}

bool Socket::silent() {
  pollfd asked{descriptor(), POLLIN, 0};
  return ::poll(&asked, 1, 0) == 0;
}

Fault Socket::fault(int error_number) { return {Reason::reset, std::strerror(error_number)}; }

}  // namespace gannet::net
