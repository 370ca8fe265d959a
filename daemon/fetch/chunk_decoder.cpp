#include "fetch/chunk_decoder.hpp"

#include <algorithm>

namespace gannet::fetch {
namespace {

constexpr unsigned most_digits = 16;

Fault bad(const char* detail) { return {Reason::bad_response, detail}; }

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

Result<std::string_view> ChunkDecoder::next(std::string_view& bytes) {
  while (!bytes.empty() && state_ != State::complete) {
    if (state_ == State::data) {
      const auto piece = bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(size_, bytes.size())));
      bytes.remove_prefix(piece.size());
      size_ -= piece.size();
      if (size_ == 0) state_ = State::data_end;
      return piece;
    }
    const char c = bytes.front();
    bytes.remove_prefix(1);
    if (++overhead_ > most_) return bad("endless chunk header");
    if (const auto stepped = step(c); !stepped) return stepped.error();
    if (state_ == State::data) break;  // so that the caller can see how much it announces
  }
  return std::string_view{};
}

Result<void> ChunkDecoder::step(char c) {
  switch (state_) {
    case State::size:
    case State::padding:
      return read_size(c);
    case State::extension:
      if (c == '\n') end_header(true);
      if (c == '\r') state_ = State::size_end;
      return {};
    case State::size_end:
      if (c != '\n') return bad("a carriage return inside a chunk header");
      end_header(false);
      return {};
    case State::data_end:
    case State::data_end_lf:
      if (c == '\n' && (lone_lf_ || state_ == State::data_end_lf)) {
        state_ = State::size;
        size_ = digits_ = 0;
        overhead_ = 0;
        return {};
      }
      if (c != '\r' || state_ == State::data_end_lf) return bad("a chunk longer than it said");
      state_ = State::data_end_lf;
      return {};
    case State::line_start:
      state_ = c == '\n' ? State::complete : c == '\r' ? State::last_lf : State::trailer;
      return {};
    case State::trailer:
      if (c == '\n') state_ = State::line_start;
      return {};
    case State::last_lf:
      if (c != '\n') return bad("a carriage return inside the trailers");
      state_ = State::complete;
      return {};
    case State::data:
    case State::complete:
      break;
  }
  return {};
}

Result<void> ChunkDecoder::read_size(char c) {
  if (const int digit = hex_value(c); digit >= 0 && state_ == State::size) {
    if (++digits_ > most_digits) return bad("a chunk's size has too many digits");
    if (size_ >> 59 != 0) return bad("a chunk's size is beyond 63 bits");
    size_ = size_ << 4 | static_cast<std::uint64_t>(digit);
    return {};
  }
  if (digits_ == 0) return bad("a chunk without a size");
  if (c == '\n') {
    end_header(true);
  } else if (c == '\r') {
    state_ = State::size_end;
  } else if (c == ';') {
    state_ = State::extension;
  } else if (c == ' ' || c == '\t') {
    state_ = State::padding;
  } else {
    return bad("a chunk's size is no number");
  }
  return {};
}

void ChunkDecoder::end_header(bool lone_lf) {
  lone_lf_ = lone_lf;
  state_ = size_ == 0 ? State::line_start : State::data;
  overhead_ = 0;
}

}  // namespace gannet::fetch
