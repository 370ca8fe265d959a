// ICO: of the pictures in the file, the largest, and the deepest of these.
#pragma once

#include <span>

#include "worker/vips.hpp"

namespace gannet::worker {

/// The bytes must outlive it.
Image open_ico(std::span<const char> bytes);

}  // namespace gannet::worker
