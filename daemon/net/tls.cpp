#include "net/tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <cerrno>
#include <climits>
#include <stdexcept>

namespace gannet::net {
namespace {

using Ssl = std::unique_ptr<SSL, decltype(&SSL_free)>;

std::string openssl_error() {
  const auto code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return "connection closed";
  const char* text = ERR_reason_error_string(code);
  return text ? text : "error " + std::to_string(code);
}

std::string print_time(const ASN1_TIME* time) {
  tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return "an unreadable date";
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%d", &parts);
  return text;
}

std::string common_name(X509* certificate) {
  char text[256] = "";
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, text, sizeof text);
  return text;
}

// Says what is wrong with the certificate being verified as one would tell a colleague.
std::string certificate_trouble(X509_STORE_CTX* verifying, const std::string& host) {
  const int verdict = X509_STORE_CTX_get_error(verifying);
  X509* certificate = X509_STORE_CTX_get_current_cert(verifying);
  if (certificate && verdict == X509_V_ERR_CERT_HAS_EXPIRED) {
    return "expired on " + print_time(X509_get0_notAfter(certificate));
  }
  if (certificate && verdict == X509_V_ERR_CERT_NOT_YET_VALID) {
    return "not valid before " + print_time(X509_get0_notBefore(certificate));
  }
  if (certificate && (verdict == X509_V_ERR_HOSTNAME_MISMATCH || verdict == X509_V_ERR_IP_ADDRESS_MISMATCH)) {
    return "made out to " + common_name(certificate) + ", not to " + host;
  }
  return X509_verify_cert_error_string(verdict);
}

// OpenSSL reads and writes the socket itself; this class only waits when it says so.
class TlsStream final : public ByteStream {
 public:
  TlsStream(std::unique_ptr<Socket> socket, Ssl ssl, std::string host)
      : socket_(std::move(socket)), ssl_(std::move(ssl)), host_(std::move(host)) {
    SSL_set_app_data(ssl_.get(), this);
  }

  ~TlsStream() override {
    // Tell the peer once, without waiting for its answer; a broken session must not be told.
    if (!broken_) SSL_shutdown(ssl_.get());
    ERR_clear_error();
  }

  Task<Result<void>> handshake() {
    for (;;) {
      const int done = SSL_connect(ssl_.get());
      if (done == 1) {
        in_session_ = true;
        co_return Result<void>();
      }
      const auto waited = co_await settle(done);
      if (waited) continue;
      if (SSL_get_verify_result(ssl_.get()) != X509_V_OK) {
        co_return Fault{Reason::tls_certificate, certificate_trouble_};
      }
      co_return waited.error();
    }
  }

  Protocol protocol() const {
    const unsigned char* name = nullptr;
    unsigned length = 0;
    SSL_get0_alpn_selected(ssl_.get(), &name, &length);
    return length == 2 && name[0] == 'h' && name[1] == '2' ? Protocol::h2 : Protocol::http1;
  }

  Task<Result<std::size_t>> read_some(std::span<char> room) override {
    for (;;) {
      const int count =
          SSL_read(ssl_.get(), room.data(), static_cast<int>(std::min<std::size_t>(room.size(), INT_MAX)));
      if (count > 0) co_return static_cast<std::size_t>(count);
      if (SSL_get_error(ssl_.get(), count) == SSL_ERROR_ZERO_RETURN) co_return std::size_t{0};
      const auto waited = co_await settle(count);
      if (!waited) co_return waited.error();
    }
  }

  Task<Result<void>> write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const int count =
          SSL_write(ssl_.get(), bytes.data(), static_cast<int>(std::min<std::size_t>(bytes.size(), INT_MAX)));
      if (count > 0) {
        bytes.remove_prefix(static_cast<std::size_t>(count));
        continue;
      }
      const auto waited = co_await settle(count);
      if (!waited) co_return waited.error();
    }
    co_return Result<void>();
  }

  Task<Result<void>> readable() override {
    if (SSL_has_pending(ssl_.get())) co_return Result<void>();
    co_return co_await socket_->ready(Socket::Direction::wait_read);
  }

  bool quiet() override {
    // Lets OpenSSL take in what is not for us, such as session tickets.
    char byte = 0;
    const int count = SSL_peek(ssl_.get(), &byte, 1);
    const bool silent = count <= 0 && SSL_get_error(ssl_.get(), count) == SSL_ERROR_WANT_READ;
    ERR_clear_error();
    return silent;
  }

  void expires_at(TimePoint at, Reason why) override { socket_->deadline().arm(at, why); }
  void expires_never() override { socket_->deadline().disarm(); }

  // OpenSSL's verify callback: a refused certificate is at hand only now. The verdict stands as it is.
  static int on_verdict(int accepted, X509_STORE_CTX* verifying) {
    if (accepted != 1) {
      const auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(verifying, SSL_get_ex_data_X509_STORE_CTX_idx()));
      auto* self = static_cast<TlsStream*>(SSL_get_app_data(ssl));
      self->certificate_trouble_ = certificate_trouble(verifying, self->host_);
    }
    return accepted;
  }

 private:
  // After an OpenSSL call that did not succeed: waits when it only has to wait.
  Task<Result<void>> settle(int returned) {
    const int error = SSL_get_error(ssl_.get(), returned);
    if (error == SSL_ERROR_WANT_READ) co_return co_await socket_->ready(Socket::Direction::wait_read);
    if (error == SSL_ERROR_WANT_WRITE) co_return co_await socket_->ready(Socket::Direction::wait_write);
    broken_ = true;
    const int error_number = errno;
    if (error == SSL_ERROR_SYSCALL) {
      ERR_clear_error();
      if (error_number != 0) co_return Socket::fault(error_number);
      co_return Fault{Reason::short_body, "closed without close_notify"};
    }
    const auto code = ERR_peek_last_error();
    if (in_session_ && ERR_GET_REASON(code) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
      ERR_clear_error();
      co_return Fault{Reason::short_body, "closed without close_notify"};
    }
    co_return Fault{Reason::tls_failed, openssl_error()};
  }

  std::unique_ptr<Socket> socket_;  // outlives ssl_, which uses its descriptor
  Ssl ssl_;
  std::string host_;
  std::string certificate_trouble_;
  bool in_session_ = false;
  bool broken_ = false;
};

}  // namespace

TlsContext::TlsContext(const std::filesystem::path& ca_file)
    : context_(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free) {
  if (!context_) throw std::runtime_error("cannot set up TLS: " + openssl_error());
  SSL_CTX* context = context_.get();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, &TlsStream::on_verdict);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_RELEASE_BUFFERS);
  // One receive for many records instead of two for each.
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_default_read_buffer_len(context, 64 * 1024);
  const int loaded =
      ca_file.empty() ? SSL_CTX_set_default_verify_paths(context) : SSL_CTX_load_verify_file(context, ca_file.c_str());
  if (loaded != 1)
    throw std::runtime_error("cannot read the trusted certificates " + ca_file.string() + ": " + openssl_error());
}

TlsContext::~TlsContext() = default;

Task<Result<Secured>> TlsContext::handshake(std::unique_ptr<Socket> socket, std::string host, bool offer_h2) {
  Ssl ssl(SSL_new(context_.get()), &SSL_free);
  if (!ssl || SSL_set_fd(ssl.get(), socket->descriptor()) != 1) co_return Fault{Reason::tls_failed, openssl_error()};
  boost::system::error_code not_an_address;
  boost::asio::ip::make_address(host, not_an_address);
  // Without a name to check, any trusted certificate would do.
  const bool named = not_an_address ? SSL_set_tlsext_host_name(ssl.get(), host.c_str()) == 1 &&
                                          SSL_set1_host(ssl.get(), host.c_str()) == 1
                                    : X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl.get()), host.c_str()) == 1;
  if (!named) co_return Fault{Reason::tls_failed, openssl_error()};
  const std::string_view offer = offer_h2 ? "\x02h2\x08http/1.1" : "\x08http/1.1";
  if (SSL_set_alpn_protos(ssl.get(), reinterpret_cast<const unsigned char*>(offer.data()),
                          static_cast<unsigned>(offer.size())) != 0) {
    co_return Fault{Reason::tls_failed, openssl_error()};
  }
  auto stream = std::make_unique<TlsStream>(std::move(socket), std::move(ssl), std::move(host));
  const auto shaken = co_await stream->handshake();
  if (!shaken) co_return shaken.error();
  Secured secured;
  secured.protocol = stream->protocol();
  secured.stream = std::move(stream);
  co_return std::move(secured);
}

}  // namespace gannet::net
