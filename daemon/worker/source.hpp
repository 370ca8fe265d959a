// The pixels of one image, decoded once for all that is made of it, as small as that allows: JPEG and drawings come out
// of their decoder smaller, others are read through.
#pragma once

#include <cstdint>
#include <span>

#include "decode/protocol.hpp"
#include "worker/facts.hpp"
#include "worker/plan.hpp"
#include "worker/vips.hpp"

namespace gannet::worker {

/// What of the image is needed.
struct Need {
  double scale = 1;       // of the largest picture that is made of it
  bool alpha = false;     // one of them keeps it
  bool several = false;   // more than one is made
  bool anywhere = false;  // its pixels are read in another order than they are stored
};

class Source {
 public:
  /// `header` is the image, opened, and from now on this one's. The bytes must outlive it.
  Source(decode::Format format, std::span<const char> bytes, Image header, const Facts& facts, const Need& need);

  /// False when it cannot be decoded.
  bool good() const { return pixels_ != nullptr; }

  /// A picture of this size, in sRGB, the right side up.
  Image picture(Size seen, bool alpha) const;

  /// Reads what no picture needed: what makes an image smaller may leave out its last lines.
  bool read_to_the_end() const;

 private:
  Facts facts_;
  Image header_;
  Image pixels_;  // of 8 bits
  bool whole_;    // the pictures need all of it
};

}  // namespace gannet::worker
