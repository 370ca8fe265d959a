// What is said to a proxy until it has made a way to the target: HTTP CONNECT (RFC 9110, 9.3.6) and SOCKS 5 (RFC 1928,
// RFC 1929). Bytes in, bytes out: no socket, no waiting, no clock. One object a connection.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/proxy.hpp"
#include "core/reason.hpp"

namespace gannet::net {

class ProxyTalk {
 public:
  virtual ~ProxyTalk() = default;

  /// What is sent first.
  virtual std::string begin() = 0;

  /// How many bytes of the proxy's answer may be read now: what comes behind it belongs to the target. 0: all is said,
  /// the way is there.
  virtual std::size_t wants() const = 0;

  /// At least one byte and at most wants(). Returns what is to be sent next, often nothing. Faults, with a detail that
  /// tells what the proxy said: `connect_failed`, `connect_refused`, `connect_timeout`.
  virtual Result<std::string> take(std::string_view bytes) = 0;
};

/// `proxy` is not `direct`; `host` as in Url::host, passed on as it is: names are the proxy's to resolve.
std::unique_ptr<ProxyTalk> make_proxy_talk(const Proxy& proxy, const std::string& host, std::uint16_t port);

}  // namespace gannet::net
