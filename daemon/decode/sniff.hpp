// What bytes are, told from the bytes alone: the image format by its magic, the size by its header. Pure functions for
// any thread; they never fail and never read outside of the bytes, and take time linear in them at most. Nothing is
// decoded here, so a sniffed image may still turn out to be corrupt.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "decode/image_format.hpp"

namespace gannet::decode {

/// The size is in pixels, as shown: turned where the format itself says so (HEIF, JPEG XL), but not by Exif notes.
struct ImageInfo {
  Format format;
  std::uint32_t width = 0, height = 0;            // zero when the header does not say, or is cut off before it does
  std::uint32_t part_width = 0, part_height = 0;  // hold each picture or frame within, where told
  bool blank = false;  // the header does say, and a side is zero where the format forbids it: no decoder takes that
};

/// Nothing when the bytes are not an image we know.
std::optional<ImageInfo> sniff(std::string_view bytes);

/// For people, when sniff() found nothing: "an HTML page", "JSON", "text", "empty", "unknown bytes 00ff17...".
/// Always short, printable ASCII.
std::string describe(std::string_view bytes);

}  // namespace gannet::decode
