// What is done to the pixels of a picture whose size does not matter any more: made another size, turned, cut, framed.
#pragma once

#include "worker/plan.hpp"
#include "worker/vips.hpp"

namespace gannet::worker {

/// Of 8 bits. Transparent parts do not bleed into others.
Image resized(const Image& image, Size size);

/// Turned and mirrored so that it is seen as EXIF says; of an image in memory.
Image upright(const Image& image, int orientation);

/// The middle of it.
Image cut_to(const Image& image, Size size);

/// In the middle of this size, white around it.
Image framed(const Image& image, Size size);

}  // namespace gannet::worker
