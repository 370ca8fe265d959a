// The image formats that we tell apart, and their names. Plain values, free for any thread; how they are recognised is
// sniff.hpp's business.
#pragma once

#include <string_view>

namespace gannet::decode {

enum class Format : unsigned char {
  jpeg,
  png,
  gif,
  webp,
  avif,
  heic,  // any HEIF file that is not AVIF
  jxl,
  bmp,
  tiff,
  ico,
  svg,
};

/// What records call the format: "jpeg", "png", ...
std::string_view name(Format format);

/// What files are called, without the dot: "jpg", otherwise the name.
std::string_view extension(Format format);

}  // namespace gannet::decode
