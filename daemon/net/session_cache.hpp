// TLS sessions of one lane that the next connection to the same server can resume, which saves it the certificates and
// their verification. Bounded in number and age, least recently used first out. Lane thread only.
#pragma once

#include <cstddef>
#include <ctime>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

struct ssl_session_st;  // OpenSSL's

namespace gannet::net {

using SslSession = std::unique_ptr<ssl_session_st, void (*)(ssl_session_st*)>;

class SessionCache {
 public:
  /// `most` sessions in all, and a few of each server.
  explicit SessionCache(std::size_t most) : most_(most) {}

  /// `key` names the server and how it was verified: a session is never resumed with less.
  void keep(const std::string& key, const ssl_session_st& session);

  /// The newest one that is still good; null when there is none. A ticket of TLS 1.3 is used once (RFC 8446, C.4).
  SslSession take(const std::string& key, std::time_t now);

  /// When resuming did not go well.
  void forget(const std::string& key);

  std::size_t size() const { return size_; }

 private:
  // As bytes: parsed, each session would hold the certificates of its server, ten times as much.
  struct Session {
    std::string bytes;
    std::time_t until;
    bool once;
  };
  struct Server {
    std::string key;
    std::vector<Session> sessions;  // the newest last
  };
  using Servers = std::list<Server>;

  void drop(Servers::iterator server);

  std::size_t most_;
  std::size_t size_ = 0;
  Servers servers_;  // the most recently used first
  std::unordered_map<std::string_view, Servers::iterator> by_key_;
};

}  // namespace gannet::net
