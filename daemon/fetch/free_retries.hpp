// Which requests over HTTP/2 are sent again at once, without counting as another attempt: those of which the server has
// said that it did not look at them, or that it wants them over HTTP/1.1, and those that met a connection which had
// died idle. Plain code, one object a hop.
#pragma once

#include <utility>

#include "fetch/h2_connection.hpp"

namespace gannet::fetch {

class FreeRetries {
 public:
  /// How it ended, over which connection, and whether that had served others before.
  bool grant(const H2Connection::Answer& answer, const H2Connection& connection, bool reused) {
    switch (answer.again) {
      case H2Stream::Again::by_http1:
        return !std::exchange(by_http1_, true);
      case H2Stream::Again::free:
        // A server that ends each connection after some requests may say so several times; one that has done nothing
        // is not asked for ever.
        if (connection.useful()) return ++unseen_ <= most_unseen;
        return !std::exchange(connection.accepting() ? too_early_ : refused_, true);
      case H2Stream::Again::no:
        break;
    }
    const auto& response = answer.response;
    return response.fault.reason == Reason::reset && !response.began && reused && !std::exchange(stale_, true);
  }

 private:
  static constexpr unsigned most_unseen = 100;  // of a hundred requests, each connection may take a few

  unsigned unseen_ = 0;
  bool by_http1_ = false;
  bool too_early_ = false;  // sent before the server had said how many it allows
  bool refused_ = false;
  bool stale_ = false;
};

}  // namespace gannet::fetch
