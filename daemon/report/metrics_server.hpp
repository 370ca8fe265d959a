// metrics.prom over HTTP, for a Prometheus that asks for it: GET /metrics and nothing else. On a thread of its own, so
// that whoever connects keeps nobody from his work. Owned by the engine, whose thread calls it. It opens no file, and
// everything that a client can make it do is bounded: connections, the size of a request, and the time for it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/listen_address.hpp"
#include "core/time.hpp"

namespace gannet::report {

class MetricsServer {
 public:
  struct Limits {
    std::size_t connections = 16;  // one more closes the oldest
    milliseconds longest{5000};    // from the connection to the end of its answer
  };

  /// Listens, if it can: that the address is taken or not there (yet) is logged once, and tried again with each show().
  explicit MetricsServer(const ListenAddress& address);
  MetricsServer(const ListenAddress& address, const Limits& limits);
  ~MetricsServer();
  MetricsServer(const MetricsServer&) = delete;
  MetricsServer& operator=(const MetricsServer&) = delete;

  /// What is answered from now on. Waits for nothing.
  void show(std::string metrics);

  /// Where it listens, also when port 0 was asked for; 0 while it does not. Waits for its thread.
  std::uint16_t port();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gannet::report
