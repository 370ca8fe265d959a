#include "net/plain_stream.hpp"

namespace gannet::net {
namespace {

class PlainStream final : public ByteStream {
 public:
  explicit PlainStream(std::unique_ptr<Socket> socket) : socket_(std::move(socket)) {}

  Task<Result<std::size_t>> read_some(std::span<char> room) override { return socket_->read_some(room); }

  Task<Result<void>> write(std::string_view bytes) override { return socket_->write(bytes); }

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
