// A connection whose peer follows a script: its bytes arrive in the pieces given, then it ends as said. Remembers what
// was written to it, how much was read and how much room reads offered.
#pragma once

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "net/byte_stream.hpp"

namespace gannet::fetch {

class ScriptedStream final : public net::ByteStream {
 public:
  enum class End {
    closed,  // cleanly
    cut,     // a TLS stream without close_notify
    reset,
    silent,  // nothing more comes: whatever deadline is armed passes
  };

  explicit ScriptedStream(std::vector<std::string> pieces, End end = End::closed)
      : pieces_(std::move(pieces)), end_(end) {
    std::erase(pieces_, "");
  }

  net::Task<Result<std::size_t>> read_some(std::span<char> room) override {
    largest_room_ = std::max(largest_room_, room.size());
    if (next_ == pieces_.size()) co_return ending();
    std::string& piece = pieces_[next_];
    const std::size_t count = std::min(room.size(), piece.size());
    std::memcpy(room.data(), piece.data(), count);
    taken_ += count;
    piece.erase(0, count);
    if (piece.empty()) ++next_;
    co_return count;
  }

  net::Task<Result<void>> write(std::string_view bytes) override {
    if (write_fault.reason != Reason::none) co_return write_fault;
    written_ += bytes;
    co_return Result<void>();
  }

  net::Task<Result<void>> readable() override {
    if (next_ == pieces_.size() && end_ == End::silent) co_return Fault{why_, {}};
    co_return Result<void>();
  }

  bool quiet() override { return next_ == pieces_.size() && end_ == End::silent; }
  void expires_at(TimePoint at, Reason why) override { std::tie(armed_, at_, why_) = std::tuple(true, at, why); }
  void expires_never() override { armed_ = false; }

  Fault write_fault;  // what writing ends with, when its reason is set

  const std::string& written() const { return written_; }
  std::size_t largest_room() const { return largest_room_; }
  std::size_t taken() const { return taken_; }
  bool armed() const { return armed_; }
  TimePoint armed_for() const { return at_; }

 private:
  Result<std::size_t> ending() const {
    switch (end_) {
      case End::closed:
        return 0u;
      case End::cut:
        return Fault{Reason::short_body, "closed without close_notify"};
      case End::reset:
        return Fault{Reason::reset, {}};
      case End::silent:
        return Fault{why_, {}};
    }
    return 0u;
  }

  std::vector<std::string> pieces_;
  End end_;
  std::size_t next_ = 0;
  std::string written_;
  std::size_t largest_room_ = 0;
  std::size_t taken_ = 0;
  bool armed_ = false;
  TimePoint at_{};
  Reason why_ = Reason::none;
};

inline std::vector<std::string> byte_by_byte(std::string_view text) {
  std::vector<std::string> pieces;
  for (const char byte : text) pieces.emplace_back(1, byte);
  return pieces;
}

inline std::vector<std::string> in_two(std::string_view text, std::size_t at) {
  return {std::string(text.substr(0, at)), std::string(text.substr(at))};
}

}  // namespace gannet::fetch
