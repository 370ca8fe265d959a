// A connection as HTTP sees it: bytes in, bytes out, under a deadline. Lane thread only; one read (or readable())
// and one write at a time, so that HTTP/2 can listen while it sends.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <span>
#include <string_view>

#include "core/reason.hpp"
#include "core/time.hpp"

namespace gannet::net {

template <class T>
using Task = boost::asio::awaitable<T>;

/// What both ends agreed to speak (ALPN, RFC 7301); plain connections and servers without an opinion speak HTTP/1.1.
enum class Protocol : unsigned char { http1, h2 };

class ByteStream {
 public:
  virtual ~ByteStream() = default;

  /// At least one byte, or 0 at the clean end of the stream (for TLS: close_notify seen). Faults: `reset`,
  /// `tls_failed`, `short_body` (a TLS stream that ended without close_notify), or the reason the deadline was armed
  /// with.
  virtual Task<Result<std::size_t>> read_some(std::span<char> room) = 0;

  /// All of it. Faults as for read_some().
  virtual Task<Result<void>> write(std::string_view bytes) = 0;

  /// Waits until there is something to read, so that a response that has not begun holds no buffer.
  virtual Task<Result<void>> readable() = 0;

  /// Whether an idle connection can serve another request: still open, and silent.
  virtual bool quiet() = 0;

  /// Operations end with `why` when they are not done at `at`. Stays armed until changed.
  virtual void expires_at(TimePoint at, Reason why) = 0;
  virtual void expires_never() = 0;
};

}  // namespace gannet::net
