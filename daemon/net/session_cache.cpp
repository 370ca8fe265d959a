#include "net/session_cache.hpp"

#include <openssl/ssl.h>

#include <algorithm>

namespace gannet::net {
namespace {

constexpr std::size_t most_of_a_server = 8;   // more than it is asked for at once, usually
constexpr int largest_session = 16 << 10;     // with its certificate and the ticket, which are the server's to choose
constexpr std::time_t oldest = 24 * 60 * 60;  // whatever the server says

}  // namespace

void SessionCache::keep(const std::string& key, const SSL_SESSION& session) {
  auto* given = const_cast<SSL_SESSION*>(&session);
  const int length = i2d_SSL_SESSION(given, nullptr);
  if (length <= 0 || length > largest_session || SSL_SESSION_is_resumable(given) != 1 || most_ == 0) return;
  Session kept;
  kept.bytes.resize(static_cast<std::size_t>(length));
  auto* to = reinterpret_cast<unsigned char*>(kept.bytes.data());
  i2d_SSL_SESSION(given, &to);
  kept.until = SSL_SESSION_get_time(given) + std::min<std::time_t>(SSL_SESSION_get_timeout(given), oldest);
  kept.once = SSL_SESSION_get_protocol_version(given) >= TLS1_3_VERSION;

  const auto found = by_key_.find(key);
  if (found == by_key_.end()) {
    servers_.push_front({key, {}});
    by_key_.emplace(servers_.front().key, servers_.begin());
  } else {
    servers_.splice(servers_.begin(), servers_, found->second);
  }
  auto& sessions = servers_.front().sessions;
  const std::size_t before = sessions.size();
  if (!kept.once) sessions.clear();  // one will do
  if (sessions.size() >= most_of_a_server) sessions.erase(sessions.begin());
  sessions.push_back(std::move(kept));
  size_ += sessions.size();
  size_ -= before;
  while (size_ > most_) drop(std::prev(servers_.end()));
}

SslSession SessionCache::take(const std::string& key, std::time_t now) {
  SslSession taken(nullptr, &SSL_SESSION_free);
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return taken;
  const auto server = found->second;
  servers_.splice(servers_.begin(), servers_, server);
  size_ -= std::erase_if(server->sessions, [now](const Session& one) { return one.until <= now; });
  if (!server->sessions.empty()) {
    const auto& newest = server->sessions.back();
    const auto* from = reinterpret_cast<const unsigned char*>(newest.bytes.data());
    taken.reset(d2i_SSL_SESSION(nullptr, &from, static_cast<long>(newest.bytes.size())));
    if (newest.once || !taken) {
      server->sessions.pop_back();
      --size_;
    }
  }
  if (server->sessions.empty()) drop(server);
  return taken;
}

void SessionCache::forget(const std::string& key) {
  const auto found = by_key_.find(key);
  if (found != by_key_.end()) drop(found->second);
}

void SessionCache::drop(Servers::iterator server) {
  size_ -= server->sessions.size();
  by_key_.erase(server->key);
  servers_.erase(server);
}

}  // namespace gannet::net
