#include "net/tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <boost/asio/ip/address.hpp>
#include <stdexcept>

#include "net/certificate_words.hpp"
#include "net/tls_stream.hpp"

namespace gannet::net {
namespace {

constexpr std::size_t most_sessions = 4096;     // of a lane, about 2 KB each
constexpr std::size_t receive_size = 64 << 10;  // many records in one receive
constexpr long largest_chain = 256 << 10;       // of certificates; some servers send a hundred KB of them
constexpr int deepest_chain = 16;               // from the server's certificate to the root

// Without a name to check, any trusted certificate would do.
bool set_host(SSL* ssl, const std::string& host) {
  boost::system::error_code not_an_address;
  boost::asio::ip::make_address(host, not_an_address);
  if (!not_an_address) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) == 1;
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return SSL_set_tlsext_host_name(ssl, host.c_str()) == 1 && SSL_set1_host(ssl, host.c_str()) == 1;
}

bool offer(SSL* ssl, bool h2) {
  const std::string_view names = h2 ? "\x02h2\x08http/1.1" : "\x08http/1.1";
  return SSL_set_alpn_protos(ssl, reinterpret_cast<const unsigned char*>(names.data()),
                             static_cast<unsigned>(names.size())) == 0;
}

}  // namespace

TlsContext::TlsContext(const std::filesystem::path& ca_file)
    : trust_(ca_file),
      context_(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free),
      sessions_(std::make_shared<SessionCache>(most_sessions)) {
  SSL_CTX* context = context_.get();
  // The fast ones first: 128 bits are plenty. None over finite fields: a server could choose one of 8192 bits, and each
  // handshake with it would hold up the lane for a third of a second.
  const bool set_up = context && SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
                      SSL_CTX_set_cipher_list(context, "DEFAULT:!kDHE") == 1 &&
                      SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384:P-521") == 1 &&
                      SSL_CTX_set_ciphersuites(context,
                                               "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:"
                                               "TLS_CHACHA20_POLY1305_SHA256") == 1;
  if (!set_up) throw std::runtime_error("cannot set up TLS: " + tls_trouble());
  // Whoever is in the trust store is trusted, be it a root or not.
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context), X509_V_FLAG_PARTIAL_CHAIN);
  SSL_CTX_set_verify_depth(context, deepest_chain);
  SSL_CTX_set_max_cert_list(context, largest_chain);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_RELEASE_BUFFERS);
  // One receive for many records instead of two for each.
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_default_read_buffer_len(context, receive_size);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  TlsStream::listen_to(context);
}

TlsContext::~TlsContext() = default;

Task<Result<Secured>> TlsContext::handshake(std::unique_ptr<Socket> socket, TlsWish wish) {
  if (!trusting_) {
    const auto store = co_await trust_.get();
    if (!store) co_return store.error();
    SSL_CTX_set1_cert_store(context_.get(), store->get());
    trusting_ = true;
  }
  if (wish.host.ends_with('.')) wish.host.pop_back();  // no certificate has it, and SNI forbids it (RFC 6066)
  TlsStream::Ssl ssl(SSL_new(context_.get()), &SSL_free);
  if (!ssl || SSL_set_fd(ssl.get(), socket->descriptor()) != 1 || !set_host(ssl.get(), wish.host) ||
      !offer(ssl.get(), wish.offer_h2)) {
    co_return Fault{Reason::tls_failed, tls_trouble()};
  }
  if (wish.insecure) SSL_set_verify(ssl.get(), SSL_VERIFY_NONE, nullptr);
  // A session that began without verification must not stand in for one with.
  std::string key = wish.host + ':' + std::to_string(wish.port) + (wish.insecure ? " insecure" : "");
  const auto session = sessions_->take(key, std::time(nullptr));
  if (session) SSL_set_session(ssl.get(), session.get());

  auto stream = std::make_unique<TlsStream>(std::move(socket), std::move(ssl), std::move(wish.host), sessions_, key);
  const auto shaken = co_await stream->handshake();
  if (!shaken) {
    if (session) sessions_->forget(key);
    co_return shaken.error();
  }
  Secured secured;
  secured.protocol = stream->protocol();
  secured.stream = std::move(stream);
  co_return std::move(secured);
}

}  // namespace gannet::net
