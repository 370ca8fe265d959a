// TLS over a connected socket: one context a lane, the system's trust store or the operator's, TLS 1.2 or newer, the
// certificate checked against the host name (RFC 6125). Lane thread only.
#pragma once

#include <openssl/types.h>

#include <filesystem>
#include <memory>
#include <string>

#include "net/socket.hpp"

namespace gannet::net {

struct Secured {
  std::unique_ptr<ByteStream> stream;
  Protocol protocol = Protocol::http1;
};

class TlsContext {
 public:
  /// An empty path stands for the system's trust store. Throws std::runtime_error when the trust store cannot be read.
  explicit TlsContext(const std::filesystem::path& ca_file);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  /// Shakes hands with `host` (a name or an address), offering HTTP/1.1, and HTTP/2 before it when told so. Faults:
  /// `tls_certificate` with a detail a person understands, `tls_failed`, or the reason of the socket's deadline.
  Task<Result<Secured>> handshake(std::unique_ptr<Socket> socket, std::string host, bool offer_h2);

 private:
  std::unique_ptr<ssl_ctx_st, void (*)(ssl_ctx_st*)> context_;
};

}  // namespace gannet::net
