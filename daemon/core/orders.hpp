// What is asked of a decode worker for one image beside its verdict: plain values of fixed size, which travel to the
// worker as they are. Who asks is the configuration (`decode.*`), a list, or a column of its rows.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace gannet {

constexpr std::size_t most_thumbnails = 4;
constexpr std::size_t most_blurred = 64;

/// What becomes of the sides of a picture; in the words of img2dataset.
enum class ResizeMode : std::uint8_t {
  no,
  border,              // the longer side becomes `size`, the rest of the square is white
  keep_ratio,          // the shorter side becomes `size`
  keep_ratio_largest,  // the longer side does
  center_crop,         // the shorter side does, and what the longer one has more is cut off
};

enum class Encoding : std::uint8_t { as_needed, jpeg, png, webp, avif };

/// A part of the picture, in fractions of its width and height, as it is seen (after EXIF orientation).
struct Box {
  float left = 0, top = 0, right = 0, bottom = 0;
};

/// Pixels of the longer side of each; 0: no more of them.
using Thumbnails = std::array<std::uint32_t, most_thumbnails>;

struct Orders {
  bool verify = true;  // decode all of it; otherwise what its header says is enough
  bool svg = false;    // render it; otherwise it is not looked at
  ResizeMode resize = ResizeMode::no;
  bool only_if_bigger = false;              // smaller pictures are left as they are
  unsigned size = 256;                      // pixels, for `resize`
  Encoding encoding = Encoding::as_needed;  // of the image that is stored: JPEG, and only when its pixels changed
  unsigned quality = 95;                    // 1 to 100; of PNG: how well it is compressed
  bool keep_metadata = false;               // in what is encoded anew: EXIF, XMP, colour profile
  bool exif = false;                        // is told, as JSON
  bool hash = false;                        // of what is seen is told
  Thumbnails thumbnails{};                  // that are made beside it
  std::uint32_t blurred = 0;                // of the boxes below
  std::array<Box, most_blurred> boxes{};

  /// Whether what is stored may be other than what came.
  bool change_image() const { return resize != ResizeMode::no || encoding != Encoding::as_needed || blurred > 0; }

  /// Whether anything may be made at all.
  bool make_anything() const { return change_image() || thumbnails[0] > 0 || exif; }
};

}  // namespace gannet
