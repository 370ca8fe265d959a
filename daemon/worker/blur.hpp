// Faces and number plates made unrecognisable, as img2dataset does it: each box grows by a tenth of its longer side to
// all sides, a Gaussian of a tenth of the longest of these is laid over, and its edges fade.
#pragma once

#include <span>

#include "decode/protocol.hpp"
#include "worker/vips.hpp"

namespace gannet::worker {

/// Of an image in memory, with the right side up. Boxes that are none are left out.
Image blurred(const Image& image, std::span<const decode::Box> boxes);

}  // namespace gannet::worker
