#include "net/tunnel.hpp"

#include <algorithm>
#include <array>

namespace gannet::net {

Task<Result<void>> open_tunnel(Socket& socket, ProxyTalk& talk) {
  std::string next = talk.begin();
  std::array<char, 2048> room;
  for (;;) {
    if (!next.empty()) {
      const auto sent = co_await socket.write(next);
      // It may have answered before it closed.
      if (!sent && sent.error().reason != Reason::reset) co_return sent.error();
    }
    if (talk.wants() == 0) co_return Result<void>();
    const std::span<char> some(room.data(), std::min(talk.wants(), room.size()));
    const auto count = co_await socket.read_some(some);
    if (!count && count.error().reason != Reason::reset) co_return count.error();
    if (!count || *count == 0) co_return Fault{Reason::connect_failed, "closed the connection"};
    auto answer = talk.take(std::string_view(some.data(), *count));
    if (!answer) co_return answer.error();
    next = std::move(*answer);
  }
}

}  // namespace gannet::net
