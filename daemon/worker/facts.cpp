#include "worker/facts.hpp"

#include <algorithm>

namespace gannet::worker {
namespace {

using decode::Colour;
using decode::Format;

Colour colour_of(const VipsImage* image) {
  switch (vips_image_guess_interpretation(image)) {
    case VIPS_INTERPRETATION_B_W:
    case VIPS_INTERPRETATION_GREY16:
      return Colour::grey;
    case VIPS_INTERPRETATION_sRGB:
    case VIPS_INTERPRETATION_RGB:
    case VIPS_INTERPRETATION_RGB16:
    case VIPS_INTERPRETATION_scRGB:
      return Colour::rgb;
    case VIPS_INTERPRETATION_CMYK:
      return Colour::cmyk;
    case VIPS_INTERPRETATION_LAB:
    case VIPS_INTERPRETATION_LABQ:
    case VIPS_INTERPRETATION_LABS:
      return Colour::lab;
    default:
      return Colour::unknown;
  }
}

// The codecs of the others turn the picture themselves, or know no orientation.
bool has_orientation(Format format) {
  return format == Format::jpeg || format == Format::png || format == Format::webp || format == Format::tiff;
}

}  // namespace

Facts facts_of(Format format, const Image& image) {
  Facts facts;
  facts.width = static_cast<std::uint32_t>(vips_image_get_width(image.get()));
  facts.height = static_cast<std::uint32_t>(vips_image_get_height(image.get()));
  facts.frames = static_cast<std::uint32_t>(std::max(1, vips_image_get_n_pages(image.get())));
  if (has_orientation(format)) {
    facts.orientation = static_cast<std::uint8_t>(std::clamp(vips_image_get_orientation(image.get()), 1, 8));
  }
  facts.colour = colour_of(image.get());
  facts.alpha = vips_image_hasalpha(image.get()) != 0;
  return facts;
}

}  // namespace gannet::worker
