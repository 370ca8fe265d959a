// What travels between frontier, fetch, decode and store: a line's turn, and what became of it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/body.hpp"
#include "core/earlier.hpp"
#include "core/job_options.hpp"
#include "core/record.hpp"
#include "core/row.hpp"
#include "core/time.hpp"
#include "core/url.hpp"

namespace gannet {

using OriginId = std::uint32_t;  // the frontier's name for scheme, host and port

/// Where redirects have led an attempt so far. Each request takes its turn at the origin it is for, so the attempt is
/// carried on from where it was.
struct Trail {
  std::vector<std::string> asked;  // what redirected, the line's own URL first, in normal form
  std::string url;                 // where they lead, likewise
  milliseconds spent{0};           // on those requests
};

/// Why this attempt was started again already, which counts for nothing, but happens only so often.
struct FreeStarts {
  std::uint8_t unseen = 0;  // the server ended the connection before it looked at the request
  bool by_http1 = false;    // it wants it over HTTP/1.1
  bool too_early = false;   // sent before the server had said how many it allows
  bool refused = false;
  bool stale = false;  // the connection had died idle; it is not to be an idle one again

  friend bool operator==(const FreeStarts&, const FreeStarts&) = default;
};

/// One attempt at one line.
struct FetchTask {
  JobNumber job = 0;
  OriginId origin = 0;
  unsigned attempt = 1;                       // from 1
  TimePoint queued{};                         // since when it has been waiting for this attempt
  TimePoint started{};                        // when the frontier let it go
  std::shared_ptr<const JobOptions> options;  // of the job; or null
  bool url_is_normal = false;                 // `row.url` is written as Url::text() writes it
  bool obeys_robots = false;                  // what robots.txt forbids is not asked for
  bool knows_robots = false;                  // an attempt has ended for the sake of robots.txt before
  bool excused = false;                       // once, when it failed in what may be local trouble
  FreeStarts free;                            // of the request that is to be made
  std::unique_ptr<Trail> trail;               // what is asked for next, when it is not the URL of the row; or null
  std::optional<Hash128> question;            // what it asks for; nothing: it shares its result with nobody
  std::unique_ptr<Earlier> earlier;           // what the catalogue knows of its URL and may be used; or null
  Row row;
};

/// The URL of its row, be it written in normal form or not. Fails as Url::parse() does.
Result<Url> url_of(const FetchTask& task);

/// Whom an attempt asked for anything.
enum class Asked : unsigned char {
  origin,
  elsewhere,  // the origin too, but for its robots.txt it sent us to another, whose answer the record tells
  nobody,     // what the record tells was known, or heard by another attempt
};

/// What the end of an attempt says beside its record.
struct Ending {
  Asked asked = Asked::origin;
  std::optional<seconds> retry_after;       // what the server asked for
  std::optional<milliseconds> crawl_delay;  // what its robots.txt asks for; 0: none
  bool again_at_pace = false;   // start it again when the host's pace allows: this was for robots.txt, or for nothing
  bool wants_http1 = false;     // the host, after it had spoken HTTP/2
  bool onward = false;          // it was answered with a redirect: start it where task.trail leads
  milliseconds again_after{0};  // another try comes to nothing before
  milliseconds again_in{0};     // not 0: likewise, as its address had no room; but the host is left alone for so long
  milliseconds took{0};         // of the attempt, this request
  TimePoint names_answered{};   // when a name server last knew a name that this lane asked for
};

/// How the attempt ended. `record.reason` none: the body is there, whole, but nobody has looked at it yet; unless it is
/// to be started again.
struct Fetched : Ending {
  FetchTask task;
  Record record;  // all that fetching knows of it
  Body body;
};

/// A small picture of an image, stored beside it.
struct Thumbnail {
  std::uint32_t side = 0;  // that was asked for
  Body body;               // JPEG
};

/// A record on its way to the journal and, when its outcome is ok, the bytes to store before it.
struct Finished {
  Record record;
  std::uint64_t key = 0;
  std::string_view extension;  // static text; without the dot
  Body body;
  std::vector<Thumbnail> thumbnails{};
};

}  // namespace gannet
