// A real server on the loopback interface: every connection gets a thread that follows the test's script. Plain, or TLS
// when given a context. It remembers what it was asked. Blocking, small, and gone with the object.
#pragma once

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace gannet::net {

/// The server's end of one connection.
class Peer {
 public:
  Peer(int descriptor, unsigned number, SSL* tls) : descriptor_(descriptor), number_(number), tls_(tls) {}

  /// Which connection this is, from 0.
  unsigned number() const { return number_; }

  /// A request up to and with its blank line; less when the client closes before.
  std::string read_request() {
    auto end = std::string::npos;
    for (std::size_t searched = 0; (end = received_.find("\r\n\r\n", searched)) == std::string::npos;) {
      searched = received_.size() < 3 ? 0 : received_.size() - 3;
      if (!receive()) return std::exchange(received_, {});
    }
    std::string request = received_.substr(0, end + 4);
    received_.erase(0, end + 4);
    return request;
  }

  /// Reads on until the client closes.
  void wait_for_close() {
    while (receive()) received_.clear();
  }

  /// Reads nothing more until the client closes.
  void ignore_until_close() {
    pollfd closed{descriptor_, POLLRDHUP, 0};
    ::poll(&closed, 1, -1);
  }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto size = static_cast<int>(bytes.size());
      const auto sent = tls_ ? SSL_write(tls_, bytes.data(), size) : ::send(descriptor_, bytes.data(), bytes.size(), 0);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  void close_notify() { SSL_shutdown(tls_); }

  /// Goes on with TLS, as behind a proxy.
  void secure(SSL_CTX* context) {
    SSL* ssl = SSL_new(context);
    SSL_set_fd(ssl, descriptor_);
    if (SSL_accept(ssl) == 1) tls_ = ssl;
    own_.reset(ssl);
  }

  /// For what a test wants of OpenSSL itself.
  SSL* tls() { return tls_; }

  /// Closing will send a RST, not a FIN.
  void reset_on_close() {
    const linger now{1, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  }

 private:
  bool receive() {
    char some[64 << 10];
    const auto count = tls_ ? SSL_read(tls_, some, sizeof some) : ::recv(descriptor_, some, sizeof some, 0);
    if (count <= 0) return false;
    received_.append(some, static_cast<std::size_t>(count));
    return true;
  }

  int descriptor_;
  unsigned number_;
  SSL* tls_;
  std::unique_ptr<SSL, decltype(&SSL_free)> own_{nullptr, &SSL_free};
  std::string received_;  // and not yet asked for
};

class LoopbackServer {
 public:
  using Script = std::function<void(Peer&)>;

  /// The connection is closed when its script returns. Port 0: any.
  explicit LoopbackServer(Script script, SSL_CTX* tls = nullptr, const char* address = "127.0.0.1",
                          std::uint16_t port = 0)
      : script_(std::move(script)), tls_(tls) {
    std::signal(SIGPIPE, SIG_IGN);  // as the daemon does
    sockaddr_in local{};
    local.sin_family = AF_INET;
    local.sin_port = htons(port);
    ::inet_pton(AF_INET, address, &local.sin_addr);
    socklen_t length = sizeof local;
    auto* generic = reinterpret_cast<sockaddr*>(&local);
    const int on = 1;
    ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (::bind(listener_, generic, length) != 0 || ::listen(listener_, 64) != 0 ||
        ::getsockname(listener_, generic, &length) != 0) {
      throw std::runtime_error("no loopback server");
    }
    port_ = ntohs(local.sin_port);
    accepting_ = std::thread([this] { accept(); });
  }

  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  ~LoopbackServer() {
    ::eventfd_write(stop_, 1);
    accepting_.join();
    {
      const std::lock_guard lock(mutex_);
      for (auto& session : sessions_) {
        if (session.descriptor >= 0) ::shutdown(session.descriptor, SHUT_RDWR);
      }
    }
    for (auto& session : sessions_) session.thread.join();
    ::close(listener_);
    ::close(stop_);
  }

  std::uint16_t port() const { return port_; }
  unsigned connections() const { return connections_; }

 private:
  struct Session {
    int descriptor;
    std::thread thread;
  };

  void accept() {
    for (;;) {
      pollfd events[] = {{listener_, POLLIN, 0}, {stop_, POLLIN, 0}};
      ::poll(events, 2, -1);
      if (events[1].revents != 0) return;
      const int descriptor = ::accept(listener_, nullptr, nullptr);
      if (descriptor < 0) continue;
      const unsigned number = connections_++;
      const std::lock_guard lock(mutex_);
      auto& session = sessions_.emplace_back(Session{descriptor, {}});
      session.thread = std::thread([this, &session, descriptor, number] {
        serve(descriptor, number);
        const std::lock_guard closing(mutex_);
        ::close(descriptor);
        session.descriptor = -1;
      });
    }
  }

  void serve(int descriptor, unsigned number) {
    if (!tls_) {
      Peer peer(descriptor, number, nullptr);
      script_(peer);
      return;
    }
    SSL* ssl = SSL_new(tls_);
    SSL_set_fd(ssl, descriptor);
    if (SSL_accept(ssl) == 1) {
      Peer peer(descriptor, number, ssl);
      script_(peer);
    }
    SSL_free(ssl);
  }

  Script script_;
  SSL_CTX* tls_;
  int listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int stop_ = ::eventfd(0, EFD_CLOEXEC);
  std::uint16_t port_ = 0;
  std::atomic<unsigned> connections_{0};
  std::mutex mutex_;  // over the descriptors: none is shut down after it was closed
  std::list<Session> sessions_;
  std::thread accepting_;
};

}  // namespace gannet::net
