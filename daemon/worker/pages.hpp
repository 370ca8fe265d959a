// How many frames or pages an image file has, and how many pixels all of them together, counted in its bytes: before a
// codec, which keeps something for each of them, has a look. Pure functions.
#pragma once

#include <cstdint>
#include <string_view>

#include "decode/image_format.hpp"

namespace gannet::worker {

struct Pages {
  std::uint64_t count = 1;
  std::uint64_t pixels = 0;  // 0 when the bytes do not say
  bool even = true;          // all are of the same size
  bool cut = false;          // the file ends within one, or before one that it announces; codecs leave those out
};

/// The codecs go through all pages, some of them each time; this many take seconds.
constexpr std::uint64_t most_pages = 16'384;

/// Stops counting one beyond `most_pages`.
Pages count_pages(decode::Format format, std::string_view bytes);

}  // namespace gannet::worker
