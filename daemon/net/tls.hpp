// TLS for the connections of one lane: the system's trust store or the operator's, TLS 1.2 or newer, the certificate
// checked against the host name (RFC 6125), sessions resumed. Lane thread only.
#pragma once

#include <openssl/types.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "net/session_cache.hpp"
#include "net/socket.hpp"
#include "net/trust_store.hpp"

namespace gannet::net {

struct TlsWish {
  std::string host;  // a name or an address: the certificate must be made out to it
  std::uint16_t port = 443;
  bool offer_h2 = false;
  bool insecure = false;  // any certificate will do
};

struct Secured {
  std::unique_ptr<ByteStream> stream;
  Protocol protocol = Protocol::http1;
};

class TlsContext {
 public:
  /// As TrustStore takes it.
  explicit TlsContext(const std::filesystem::path& ca_file);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  /// Shakes hands, offering HTTP/1.1, and HTTP/2 before it when told so. Faults: `tls_certificate` with a detail a
  /// person understands, `tls_failed`, or the reason of the socket's deadline.
  Task<Result<Secured>> handshake(std::unique_ptr<Socket> socket, TlsWish wish);

 private:
  TrustStore trust_;
  bool trusting_ = false;  // the context has it
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_;
  std::shared_ptr<SessionCache> sessions_;
};

}  // namespace gannet::net
