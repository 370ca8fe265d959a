// HTTP/1.1 responses from bytes (RFC 9112), over Beast's parser: no sockets, no waiting. One object a response. What
// Beast would let through but must not be trusted is refused here: see docs/formats.md, `bad_response`.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/body.hpp"
#include "core/reason.hpp"
#include "core/time.hpp"

namespace gannet::fetch {

/// How the end of the body is told (RFC 9112, section 6.3).
enum class Framing : unsigned char { none, length, chunked, until_close };

struct ResponseHead {
  unsigned status = 0;
  bool keep_alive = false;
  Framing framing = Framing::none;
  std::uint64_t length = 0;  // with Framing::length
  std::string location;
  std::string retry_after;
  std::string content_type;
  std::string content_encoding;
  std::vector<std::string> robots_tags;       // X-Robots-Tag, one a header line
  std::optional<seconds> keep_alive_timeout;  // Keep-Alive: timeout=N
};

/// The length of the head, its blank line included, or nothing while it is not complete. Lines may end in a lone LF.
/// `searched` bytes are known not to complete it.
std::optional<std::size_t> head_length(std::string_view bytes, std::size_t searched);

/// Whether these first bytes of a response, however few, can begin an HTTP/1 status line.
bool may_be_http(std::string_view bytes);

class ResponseParser {
 public:
  ResponseParser();
  ~ResponseParser();
  ResponseParser(ResponseParser&&) noexcept;
  ResponseParser& operator=(ResponseParser&&) noexcept;

  /// `head` as told by head_length(). Faults: `bad_response`.
  Result<ResponseHead> parse_head(std::string_view head);

  struct Chunks {
    std::size_t consumed = 0;
    bool complete = false;
  };

  /// With Framing::chunked, after parse_head(): appends what the bytes decode to, up to `most` bytes in all. Bytes that
  /// were not consumed are passed again, with more behind them. Faults: `bad_response`, `too_large`.
  Result<Chunks> parse_chunks(std::string_view bytes, Body& out, std::uint64_t most);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gannet::fetch
