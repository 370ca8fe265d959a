// Watches the frames of an HTTP/2 connection go by (RFC 9113, section 4.1) and tells a flood of those that bring
// nothing: the protocol allows endless SETTINGS, PING, RST_STREAM, WINDOW_UPDATE, PRIORITY, empty or unknown frames,
// and frames of streams that are over. Plain arithmetic over bytes, one object a connection.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace gannet::fetch {

class H2FrameMeter {
 public:
  /// Looks at bytes as they were received, in any pieces. Returns false when there were too many idle frames.
  bool feed(std::string_view bytes);

  /// A frame brought something, a piece of a body or a head: it and some others are paid for.
  void progress(unsigned frames) {
    if (credit_ < most_) credit_ += frames;
    if (seen_[0] > 0) --seen_[0];  // most likely DATA, which is then not what there is too much of
  }

  /// A stream was given up: what is still under way for it is nobody's fault.
  void forgive(unsigned frames) { credit_ += frames; }

  /// The kind of frame there were most of, as the RFC spells it.
  std::string_view most_frequent() const;

 private:
  static constexpr unsigned most_ = 2000;  // idle frames in a row; a server in order sends a handful
  static constexpr std::size_t header_size = 9;
  static constexpr std::size_t kinds = 11;  // the ten of the RFC, and all others together

  unsigned credit_ = most_;
  std::array<std::uint64_t, kinds> seen_{};
  std::array<unsigned char, header_size> header_{};
  std::size_t header_have_ = 0;
  std::size_t payload_left_ = 0;
};

}  // namespace gannet::fetch
