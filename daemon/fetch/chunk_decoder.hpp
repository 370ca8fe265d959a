// The chunked transfer coding (RFC 9112, section 7.1) taken off, whatever the pieces it comes in: holds a state of a
// few bytes, copies and allocates nothing. Extensions and trailers are read past.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/reason.hpp"

namespace gannet::fetch {

class ChunkDecoder {
 public:
  /// `most` limits each chunk's header, and all trailers together.
  explicit ChunkDecoder(std::uint64_t most) : most_(most) {}

  /// Takes from the front of `bytes`, and returns what of it is the body's, if anything: up to the end of the header of
  /// a chunk, or of what is there of its data. To be called until `bytes` is empty or complete(). Faults:
  /// `bad_response`.
  Result<std::string_view> next(std::string_view& bytes);

  /// The last chunk and its trailers are behind us; what is left in `bytes` is not the body's.
  bool complete() const { return state_ == State::complete; }

  /// Bytes still to come of the chunk that was begun.
  std::uint64_t missing() const { return state_ == State::data ? size_ : 0; }

 private:
  enum class State : unsigned char {
    size,       // hexadecimal digits
    padding,    // blanks behind them
    extension,  // up to the end of the line
    size_end,   // the LF behind a CR
    data,
    data_end,     // CR or LF
    data_end_lf,  // LF
    line_start,   // of a trailer, or of the blank line that ends them all
    trailer,
    last_lf,
    complete,
  };

  Result<void> step(char c);
  Result<void> read_size(char c);
  void end_header(bool lone_lf);

  std::uint64_t most_;
  std::uint64_t overhead_ = 0;  // of this chunk's header, or of the trailers
  std::uint64_t size_ = 0;
  unsigned digits_ = 0;
  bool lone_lf_ = false;  // ended this chunk's header, so it may end its data
  State state_ = State::size;
};

}  // namespace gannet::fetch
