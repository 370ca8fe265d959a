#include "net/socket.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <cstring>

namespace gannet::net {

namespace asio = boost::asio;

Socket::Socket(asio::ip::tcp::socket socket, Deadlines& deadlines)
    : socket_(std::move(socket)), deadlines_(deadlines), deadline_(deadlines, [this] {
        boost::system::error_code ignored;
        socket_.cancel(ignored);
      }) {}

Task<Result<void>> Socket::ready(Direction direction) {
  // A deadline that passed while nobody waited has nothing to cancel: look first.
  if (deadline_.expired() != Reason::none) co_return Fault{deadline_.expired(), {}};
  const auto [error] = co_await socket_.async_wait(direction, asio::as_tuple(asio::use_awaitable));
  deadlines_.look();
  if (deadline_.expired() != Reason::none) co_return Fault{deadline_.expired(), {}};
  if (error) co_return Fault{Reason::reset, error.message()};
  co_return Result<void>();
}

bool Socket::silent() {
  pollfd asked{descriptor(), POLLIN, 0};
  return ::poll(&asked, 1, 0) == 0;
}

Task<Result<std::size_t>> Socket::read_some(std::span<char> room) {
  for (;;) {
    const auto count = ::recv(descriptor(), room.data(), room.size(), MSG_DONTWAIT);
    if (count >= 0) co_return static_cast<std::size_t>(count);
    if (errno == EINTR) continue;
    if (errno != EAGAIN) co_return fault(errno);
    const auto waited = co_await ready(Direction::wait_read);
    if (!waited) co_return waited.error();
  }
}

Task<Result<void>> Socket::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::send(descriptor(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN) {
      const auto waited = co_await ready(Direction::wait_write);
      if (!waited) co_return waited.error();
    } else if (errno != EINTR) {
      co_return fault(errno);
    }
  }
  co_return Result<void>();
}

Fault Socket::fault(int error_number) { return {Reason::reset, std::strerror(error_number)}; }

}  // namespace gannet::net
