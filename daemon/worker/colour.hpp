// Colours: whatever a file has becomes 8 bits of grey or sRGB, with or without transparency.
#pragma once

#include "worker/vips.hpp"

namespace gannet::worker {

/// 8 bits a band, in the colour space that it has; one of CIE or of more depth becomes sRGB.
Image with_8_bits(const Image& image);

/// White behind what is transparent.
Image on_white(const Image& image);

/// Grey or sRGB, by the colour profile within if there is one that can be used. Of 8 bits.
Image in_srgb(const Image& image);

}  // namespace gannet::worker
