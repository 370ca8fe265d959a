// The boxes of an ISO base media file (ISO/IEC 14496-12), which HEIF, AVIF and JPEG XL are made of: a length, four
// letters and a body, which may be more boxes. Views of the bytes; those must outlive them.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace gannet::decode {

struct Box {
  std::string_view type;
  std::string_view body;  // as much of it as is there
  bool cut = false;       // that is not all of it
};

/// The boxes one after the other, without going into them, up to the end or the first that is malformed; a few
/// hundred at most.
std::vector<Box> read_boxes(std::string_view bytes);

/// The body of the first box of that type, or empty.
std::string_view body_of(const std::vector<Box>& boxes, std::string_view type);

}  // namespace gannet::decode
