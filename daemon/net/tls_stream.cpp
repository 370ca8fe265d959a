#include "net/tls_stream.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <climits>

#include "net/certificate_words.hpp"

namespace gannet::net {
namespace {

// Tickets, key updates, renegotiation: OpenSSL handles one after the other without coming back to us, so a peer that
// sends nothing else would hold up the lane.
constexpr unsigned most_messages = 1000;

int as_int(std::size_t size) { return static_cast<int>(std::min<std::size_t>(size, INT_MAX)); }

}  // namespace

TlsStream::TlsStream(std::unique_ptr<Socket> socket, Ssl ssl, std::string host, std::shared_ptr<SessionCache> sessions,
                     std::string session_key)
    : socket_(std::move(socket)),
      ssl_(std::move(ssl)),
      host_(std::move(host)),
      sessions_(std::move(sessions)),
      session_key_(std::move(session_key)) {
  SSL_set_app_data(ssl_.get(), this);
}

TlsStream::~TlsStream() {
  // Tell the peer once, without waiting for its answer; a broken session must not be told.
  if (in_session_ && !broken_) SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

TlsStream& TlsStream::of(const SSL* ssl) { return *static_cast<TlsStream*>(SSL_get_app_data(ssl)); }

void TlsStream::listen_to(SSL_CTX* context) {
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, [](int accepted, X509_STORE_CTX* verifying) {
    if (accepted == 1) return accepted;
    const auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(verifying, SSL_get_ex_data_X509_STORE_CTX_idx()));
    of(ssl).certificate_trouble_ = certificate_trouble(verifying, of(ssl).host_);
    return accepted;  // the verdict stands as it is
  });
  SSL_CTX_sess_set_new_cb(context, [](SSL* ssl, SSL_SESSION* session) {
    of(ssl).sessions_->keep(of(ssl).session_key_, *session);
    return 0;  // OpenSSL keeps its reference
  });
  SSL_CTX_set_msg_callback(context, [](int sent, int, int type, const void*, std::size_t, SSL* ssl, void*) {
    if (sent == 0 && type == SSL3_RT_HANDSHAKE) of(ssl).count_message();
  });
}

void TlsStream::count_message() {
  if (!in_session_ || ++messages_ != most_messages) return;
  ::shutdown(socket_->descriptor(), SHUT_RDWR);  // OpenSSL sees the end once it has read what is here
}

Task<Result<void>> TlsStream::handshake() {
  for (;;) {
    ERR_clear_error();
    const int done = SSL_connect(ssl_.get());
    if (done == 1) {
      in_session_ = true;
      co_return Result<void>();
    }
    const auto waited = co_await settle(done);
    if (waited) continue;
    const bool refused =
        SSL_get_verify_mode(ssl_.get()) != SSL_VERIFY_NONE && SSL_get_verify_result(ssl_.get()) != X509_V_OK;
    if (refused) co_return Fault{Reason::tls_certificate, certificate_trouble_};
    co_return waited.error();
  }
}

Protocol TlsStream::protocol() const {
  const unsigned char* name = nullptr;
  unsigned length = 0;
  SSL_get0_alpn_selected(ssl_.get(), &name, &length);
  return length == 2 && name[0] == 'h' && name[1] == '2' ? Protocol::h2 : Protocol::http1;
}

Task<Result<std::size_t>> TlsStream::read_some(std::span<char> room) {
  for (;;) {
    ERR_clear_error();
    const int count = SSL_read(ssl_.get(), room.data(), as_int(room.size()));
    if (count > 0) co_return static_cast<std::size_t>(count);
    if (SSL_get_error(ssl_.get(), count) == SSL_ERROR_ZERO_RETURN) co_return std::size_t{0};
    const auto waited = co_await settle(count);
    if (!waited) co_return waited.error();
  }
}

Task<Result<void>> TlsStream::write(std::string_view bytes) {
  while (!bytes.empty()) {
    ERR_clear_error();
    // After a wait OpenSSL wants to be asked for the very same bytes: it has encrypted them already.
    const int count = SSL_write(ssl_.get(), bytes.data(), as_int(bytes.size()));
    if (count > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
      continue;
    }
    const auto waited = co_await settle(count);
    if (!waited) co_return waited.error();
  }
  co_return Result<void>();
}

Task<Result<void>> TlsStream::readable() {
  if (SSL_has_pending(ssl_.get())) co_return Result<void>();
  co_return co_await socket_->ready(Socket::Direction::wait_read);
}

bool TlsStream::quiet() {
  if (!SSL_has_pending(ssl_.get()) && socket_->silent()) return true;
  // Lets OpenSSL take in what is not for us, such as session tickets.
  char byte = 0;
  ERR_clear_error();
  const int count = SSL_peek(ssl_.get(), &byte, 1);
  const bool silent = count <= 0 && SSL_get_error(ssl_.get(), count) == SSL_ERROR_WANT_READ;
  ERR_clear_error();
  return silent;
}

// After an OpenSSL call that did not succeed: waits when it only has to wait.
Task<Result<void>> TlsStream::settle(int returned) {
  const int error_number = errno;
  const int error = SSL_get_error(ssl_.get(), returned);
  if (error == SSL_ERROR_WANT_READ) co_return co_await socket_->ready(Socket::Direction::wait_read);
  if (error == SSL_ERROR_WANT_WRITE) co_return co_await socket_->ready(Socket::Direction::wait_write);
  broken_ = true;
  if (messages_ >= most_messages) co_return Fault{Reason::tls_failed, "endless handshake messages"};
  if (error == SSL_ERROR_SYSCALL && error_number != 0) co_return Socket::fault(error_number);
  const bool cut = error == SSL_ERROR_SYSCALL ||
                   (in_session_ && ERR_GET_REASON(ERR_peek_last_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING);
  if (cut) co_return Fault{Reason::short_body, "closed without close_notify"};
  co_return Fault{Reason::tls_failed, tls_trouble()};
}

}  // namespace gannet::net
