// A ByteStream over TLS: OpenSSL reads and writes the socket itself, this only waits when it says so. Lane thread only.
#pragma once

#include <openssl/types.h>

#include <memory>
#include <string>

#include "net/session_cache.hpp"
#include "net/socket.hpp"

namespace gannet::net {

class TlsStream final : public ByteStream {
 public:
  using Ssl = std::unique_ptr<SSL, void (*)(SSL*)>;

  /// `host` is for messages. Sessions that the server offers are kept in `sessions` as `session_key`; shared, as a
  /// stream may outlive the context that made it.
  TlsStream(std::unique_ptr<Socket> socket, Ssl ssl, std::string host, std::shared_ptr<SessionCache> sessions,
            std::string session_key);
  ~TlsStream() override;
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;

  /// Sets the callbacks by which OpenSSL tells streams of this context about certificates, sessions and messages.
  static void listen_to(SSL_CTX* context);

  /// Before anything else. Faults: `tls_certificate`, `tls_failed`, `reset`, `short_body`, the deadline's reason.
  Task<Result<void>> handshake();
  Protocol protocol() const;

  Task<Result<std::size_t>> read_some(std::span<char> room) override;
  Task<Result<void>> write(std::string_view bytes) override;
  Task<Result<void>> readable() override;
  bool quiet() override;
  void expires_at(TimePoint at, Reason why) override { socket_->deadline().arm(at, why); }
  void expires_never() override { socket_->deadline().disarm(); }

 private:
  static TlsStream& of(const SSL* ssl);
  void count_message();
  Task<Result<void>> settle(int returned);

  std::unique_ptr<Socket> socket_;  // outlives ssl_, which uses its descriptor
  Ssl ssl_;
  std::string host_;
  std::shared_ptr<SessionCache> sessions_;
  std::string session_key_;
  std::string certificate_trouble_;
  unsigned messages_ = 0;  // of the handshake protocol, after the handshake
  bool in_session_ = false;
  bool broken_ = false;
};

}  // namespace gannet::net
