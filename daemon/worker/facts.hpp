// What there is to say of an image that is good, without its pixels.
#pragma once

#include <cstdint>

#include "decode/image_format.hpp"
#include "decode/protocol.hpp"
#include "worker/vips.hpp"

namespace gannet::worker {

struct Facts {
  std::uint32_t width = 0, height = 0;  // as stored
  std::uint32_t frames = 1;
  std::uint8_t orientation = 1;  // as EXIF counts
  decode::Colour colour = decode::Colour::unknown;
  bool alpha = false;

  /// Width and height change places before it is seen.
  bool lies() const { return orientation >= 5; }
};

/// Of an image that was opened with one page.
Facts facts_of(decode::Format format, const Image& image);

}  // namespace gannet::worker
