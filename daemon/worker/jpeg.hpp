// JPEG, decoded with libjpeg itself: all of it is looked at, to the mark of its end, also when it is made smaller while
// it is decoded. libvips does not read the last lines of such a one, where those that were cut off are missing.
#pragma once

#include <span>

#include "worker/vips.hpp"

namespace gannet::worker {

/// All pixels in memory, in the colours of the file, each side divided by `shrink` (1, 2, 4 or 8) and rounded up.
/// Takes the notes of `header`, which is the same image, opened.
Image decode_jpeg(std::span<const char> bytes, unsigned shrink, const Image& header);

/// Whether it can be decoded, in a fraction of the time.
bool jpeg_decodes(std::span<const char> bytes);

}  // namespace gannet::worker
