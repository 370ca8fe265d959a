// What a camera wrote into an image, as JSON for programs.
#pragma once

#include <string>

#include "worker/vips.hpp"

namespace gannet::worker {

/// One object, of names such as "Make" or "ExposureTime" to texts for people such as "1/60 sec."; empty when there is
/// nothing. Valid UTF-8, 16 KiB at most; what is beyond that is left out.
std::string exif_of(const Image& image);

}  // namespace gannet::worker
