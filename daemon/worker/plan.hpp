// How large a picture becomes, in the words of img2dataset and with its rounding: plain numbers.
#pragma once

#include <cstdint>

#include "decode/protocol.hpp"

namespace gannet::worker {

struct Size {
  std::uint32_t width = 0, height = 0;

  bool operator==(const Size&) const = default;
};

/// What resizing does to a picture, as it is seen.
struct Plan {
  bool resized = false;  // otherwise it stays what it is, and its size is all that is below
  Size scaled;           // all of it becomes this
  Size cut;              // then the middle of it, when this is less
  Size canvas;           // then put in the middle of this, on white
};

Plan plan_of(const decode::Orders& orders, Size picture);

/// The longer side becomes `side`, unless it is less already.
Size within(Size picture, std::uint32_t side);

}  // namespace gannet::worker
