#include "net/plain_stream.hpp"

#include <sys/socket.h>

#include <cerrno>

namespace gannet::net {
namespace {

class PlainStream final : public ByteStream {
 public:
  explicit PlainStream(std::unique_ptr<Socket> socket) : socket_(std::move(socket)) {}

  Task<Result<std::size_t>> read_some(std::span<char> room) override {
    for (;;) {
      const auto count = ::recv(socket_->descriptor(), room.data(), room.size(), MSG_DONTWAIT);
      if (count >= 0) co_return static_cast<std::size_t>(count);
      if (errno == EINTR) continue;
      if (errno != EAGAIN) co_return Socket::fault(errno);
      const auto waited = co_await socket_->ready(Socket::Direction::wait_read);
      if (!waited) co_return waited.error();
    }
  }

  Task<Result<void>> write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const auto count = ::send(socket_->descriptor(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
      if (count >= 0) {
        bytes.remove_prefix(static_cast<std::size_t>(count));
      } else if (errno == EAGAIN) {
        const auto waited = co_await socket_->ready(Socket::Direction::wait_write);
        if (!waited) co_return waited.error();
      } else if (errno != EINTR) {
        co_return Socket::fault(errno);
      }
    }
    co_return Result<void>();
  }

  Task<Result<void>> readable() override { return socket_->ready(Socket::Direction::wait_read); }

  bool quiet() override { return socket_->silent(); }

  void expires_at(TimePoint at, Reason why) override { socket_->deadline().arm(at, why); }
  void expires_never() override { socket_->deadline().disarm(); }

 private:
  std::unique_ptr<Socket> socket_;
};

}  // namespace

std::unique_ptr<ByteStream> make_plain_stream(std::unique_ptr<Socket> socket) {
  return std::make_unique<PlainStream>(std::move(socket));
}

}  // namespace gannet::net
