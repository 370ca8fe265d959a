// Whether a BMP, or one that is within an ICO, has all of its pixels: gdk-pixbuf is content with those that are there.
// Pure functions.
#pragma once

#include <string_view>

namespace gannet::worker {

/// Also when the header does not say how much there should be.
bool bmp_is_whole(std::string_view file);

/// A picture of an ICO, which begins with its header and has a mask behind the pixels.
bool icon_is_whole(std::string_view picture);

}  // namespace gannet::worker
