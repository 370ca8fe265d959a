// What an earlier fetch of a URL left: an image that is still there, and by what its server knows it again. It comes
// from a file that anybody may have written to, so whoever reads it there checks it. A value.
#pragma once

#include <string>
#include <string_view>

#include "core/record.hpp"
#include "core/time.hpp"

namespace gannet {

struct Earlier {
  std::string path;  // relative to the root
  std::uint64_t bytes = 0;
  std::int64_t modified = 0;  // when the file was last written to, in nanoseconds
  std::string sha256;         // lower-case hex, or empty
  std::string format;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::string final_url;  // which gave it, when that is another one
  Validators validators;
  WallTime checked{};  // when it was fetched, or its server last said that it has not changed
  bool ask = false;    // its server is to be asked that; otherwise it counts as it is
};

/// The record of a line whose result is that of the earlier fetch, as far as that says.
void take_result(Record& record, const Earlier& earlier);

/// An entity tag (RFC 9110, 8.8.3) of visible ASCII, 256 bytes at most: it may be sent back in a header.
bool is_etag(std::string_view text);

/// What a Last-Modified may say: a date in printable ASCII, 64 bytes at most.
bool is_last_modified(std::string_view text);

}  // namespace gannet
