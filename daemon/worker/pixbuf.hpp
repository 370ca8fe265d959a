// BMP and ICO, for which libvips has no loader that would be safe, through the gdk-pixbuf loader of that name.
#pragma once

#include <span>

#include "decode/image_format.hpp"
#include "worker/vips.hpp"

namespace gannet::worker {

/// All of it is decoded. Of an ICO that has one picture.
Image open_pixbuf(decode::Format format, std::span<const char> bytes);

}  // namespace gannet::worker
