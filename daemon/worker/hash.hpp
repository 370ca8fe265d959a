// A fingerprint of what is seen, to find pictures that look the same.
#pragma once

#include <cstdint>
#include <optional>

#include "worker/vips.hpp"

namespace gannet::worker {

/// pHash, as the Python package ImageHash computes it: grey (Rec. 601), 32 x 32 pixels, of whose cosine transform the 8
/// x 8 lowest frequencies are compared with their median; the first row first, the first bit the most significant.
/// Pictures that were encoded anew or made smaller differ in a few bits, others in about 32. Of an image of 8 bits,
/// grey or sRGB, without transparency.
std::optional<std::uint64_t> perceptual_hash(const Image& image);

}  // namespace gannet::worker
