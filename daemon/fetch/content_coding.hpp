// Content codings (RFC 9110, section 8.4.1) taken off a body while it arrives. We never ask for any, but some servers
// send them all the same. Plain code; one object a body.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "core/body.hpp"
#include "core/reason.hpp"

namespace gannet::fetch {

enum class Coding : unsigned char { gzip, deflate, brotli, zstd };

inline constexpr std::size_t most_codings = 3;  // one on top of the other

/// The codings that a Content-Encoding names, in the order in which they were applied. Words that are none, such as
/// `identity` or `utf-8`, are passed over. Faults: `bad_response`, for codings that we do not know and for too many.
Result<std::vector<Coding>> parse_codings(std::string_view content_encoding);

/// Takes one coding off.
class Decoder {
 public:
  virtual ~Decoder() = default;

  /// Gives it coded bytes; they must outlive the calls of read() up to the one that returns nothing.
  virtual void write(std::string_view bytes) = 0;

  /// The next decoded bytes, valid up to the next call; nothing when more must be written first. Faults:
  /// `bad_response`.
  virtual Result<std::string_view> read() = 0;

  /// Whether everything written makes up a whole.
  virtual bool ended() const = 0;
};

std::unique_ptr<Decoder> make_decoder(Coding coding);

/// Takes several off, in the right order. No more than `most` bytes may come out of any of them.
class Decoders {
 public:
  Decoders(const std::vector<Coding>& codings, std::uint64_t most);

  /// Decodes `bytes` and hands on what comes out: to a function that takes a std::string_view and returns
  /// Result<void>. Faults: its own, `bad_response`, `too_large`.
  template <class Take>
  Result<void> decode(std::string_view bytes, Take take) {
    return decode(bytes, 0, take);
  }

  bool ended() const;

 private:
  struct Stage {
    std::unique_ptr<Decoder> decoder;
    std::uint64_t count = 0;  // bytes that came out
  };

  template <class Take>
  Result<void> decode(std::string_view bytes, std::size_t stage, Take& take) {
    if (stage == stages_.size()) return take(bytes);
    stages_[stage].decoder->write(bytes);
    for (;;) {
      const auto decoded = read(stages_[stage]);
      if (!decoded) return decoded.error();
      if (decoded->empty()) return {};
      if (const auto taken = decode(*decoded, stage + 1, take); !taken) return taken;
    }
  }

  Result<std::string_view> read(Stage& stage) const;

  std::vector<Stage> stages_;  // the one that was applied last comes first
  std::uint64_t most_;
};

}  // namespace gannet::fetch
