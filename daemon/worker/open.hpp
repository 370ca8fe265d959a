// From bytes to an image whose pixels can be read, by the loader of the format that was told and no other. What is
// read here is the header; the pixels are decoded as they are asked for, from top to bottom, once.
#pragma once

#include <span>

#include "decode/image_format.hpp"
#include "worker/vips.hpp"

namespace gannet::worker {

struct Opening {
  int page = -1;     // the first; -1: the one that is shown
  int pages = 1;     // one below the other; -1: all
  double scale = 1;  // of drawings, and of WebP, down
};

/// Nothing when there is no such image. Everything that is missing or damaged is an error when it is read.
/// The bytes must outlive the image.
Image open(decode::Format format, std::span<const char> bytes, const Opening& how = {});

}  // namespace gannet::worker
