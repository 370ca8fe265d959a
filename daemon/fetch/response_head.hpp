// What the head of a response says that fetching acts on, and how its fields are understood: the same for HTTP/1.1 and
// HTTP/2, whose ways to write them down are their own. Plain values, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/reason.hpp"
#include "core/record.hpp"
#include "core/time.hpp"

namespace gannet::fetch {

/// How the end of an HTTP/1.1 body is told (RFC 9112, section 6.3).
enum class Framing : unsigned char { none, length, chunked, until_close };

struct ResponseHead {
  unsigned status = 0;
  bool keep_alive = false;  // HTTP/1.1 alone, as is the next
  Framing framing = Framing::none;
  std::optional<std::uint64_t> length;  // announced, of the body as it is sent
  std::string location;                 // the first that is not empty
  bool locations_differ = false;        // there was another one
  std::string retry_after;              // of several fields, a line each
  Validators validators;
  std::string content_type;
  std::string content_encoding;               // of several fields, with commas between them
  std::vector<std::string> robots_tags;       // X-Robots-Tag, one a field
  bool tdm_reserved = false;                  // tdm-reservation: 1
  std::optional<seconds> keep_alive_timeout;  // Keep-Alive: timeout=N
};

/// Takes in one field, its name in any case, its value without blanks around it. Faults: `bad_response`, for a
/// Content-Length that is none, or another one than before.
Result<void> take_field(ResponseHead& head, std::string_view name, std::string_view value);

/// Whether a response of this status has no body, whatever its fields say.
inline bool is_bodiless(unsigned status) { return status < 200 || status == 204 || status == 304; }

}  // namespace gannet::fetch
