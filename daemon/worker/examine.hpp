// Whether an image may be decoded, and whether it can be.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "decode/image_format.hpp"
#include "worker/facts.hpp"
#include "worker/vips.hpp"

namespace gannet::worker {

/// Of an image before its pixels are touched.
struct Examined {
  Image image;  // opened; none when it could not be
  Facts facts;
  bool cut = false;             // the file ends within a frame, which the codec leaves out
  std::string too_many_pixels;  // says why, when it is so
};

/// `max_pixels` counts width x height x frames; 0: any number.
Examined examine(decode::Format format, std::span<const char> bytes, std::uint64_t max_pixels);

/// Decodes all frames, or one: what is missing or damaged is found.
bool all_frames_decode(decode::Format format, std::span<const char> bytes, const Facts& facts);

}  // namespace gannet::worker
