// Which requests are started again without counting as another attempt: those over HTTP/2 of which the server has said
// that it did not look at them, or that it wants them over HTTP/1.1, and those that met a connection which had died
// idle (RFC 9112, section 9.5). Plain code; the frontier starts them, so that they keep the limits and the pace of
// their host like any other.
#pragma once

#include <utility>

#include "core/fetch_task.hpp"
#include "fetch/h2_connection.hpp"

namespace gannet::fetch {

/// Of a hundred requests, each connection may take a few.
constexpr unsigned most_unseen = 100;

inline bool met_dead_connection(const Response& response, bool reused) {
  return response.fault.reason == Reason::reset && !response.began && reused;
}

/// How it ended, over which connection, and whether that had served others before.
inline bool grant(FreeStarts& free, const H2Connection::Answer& answer, const H2Connection& connection, bool reused) {
  switch (answer.again) {
    case H2Stream::Again::by_http1:
      return !std::exchange(free.by_http1, true);
    case H2Stream::Again::free:
      // A server that ends each connection after some requests may say so several times; one that has done nothing is
      // not asked for ever.
      if (connection.useful()) return ++free.unseen <= most_unseen;
      return !std::exchange(connection.accepting() ? free.too_early : free.refused, true);
    case H2Stream::Again::no:
      break;
  }
  return met_dead_connection(answer.response, reused) && !std::exchange(free.stale, true);
}

}  // namespace gannet::fetch
