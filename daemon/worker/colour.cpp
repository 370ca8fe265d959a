#include "worker/colour.hpp"

namespace gannet::worker {
namespace {

constexpr double white = 255;

bool is_grey(const Image& image) { return vips_image_guess_interpretation(image.get()) == VIPS_INTERPRETATION_B_W; }

bool has_profile(const Image& image) { return vips_image_get_typeof(image.get(), VIPS_META_ICC_NAME) != 0; }

Image to(const Image& image, VipsInterpretation space) {
  return made_by(image, [&](VipsImage* in, VipsImage** out) { return vips_colourspace(in, out, space, nullptr); });
}

// By the profile, or nothing: those in the wild are often damaged, or of another kind of image.
Image by_profile(const Image& image) {
  if (!has_profile(image)) return nullptr;
  return made_by(image, [](VipsImage* in, VipsImage** out) {
    return vips_icc_transform(in, out, "srgb", "embedded", TRUE, "intent", VIPS_INTENT_RELATIVE, "depth", 8, nullptr);
  });
}

// What is left of one that was not used would be wrong.
Image without_profile(const Image& image) {
  Image copy = made_by(image, [](VipsImage* in, VipsImage** out) { return vips_copy(in, out, nullptr); });
  if (copy) vips_image_remove(copy.get(), VIPS_META_ICC_NAME);
  return copy;
}

// Bands of no known colours: the first three are shown, or the first.
Image first_bands(const Image& image) {
  const int bands = vips_image_get_bands(image.get()) >= 3 ? 3 : 1;
  const auto space = bands == 3 ? VIPS_INTERPRETATION_sRGB : VIPS_INTERPRETATION_B_W;
  const Image part = made_by(
      image, [&](VipsImage* in, VipsImage** out) { return vips_extract_band(in, out, 0, "n", bands, nullptr); });
  const Image bytes = made_by(part, [](VipsImage* in, VipsImage** out) { return vips_cast_uchar(in, out, nullptr); });
  return made_by(bytes,
                 [&](VipsImage* in, VipsImage** out) { return vips_copy(in, out, "interpretation", space, nullptr); });
}

}  // namespace

Image with_8_bits(const Image& image) {
  if (!image) return nullptr;
  const auto space = vips_image_guess_interpretation(image.get());
  const bool plain = vips_image_get_coding(image.get()) == VIPS_CODING_NONE;
  if (space == VIPS_INTERPRETATION_MULTIBAND || !vips_colourspace_issupported(image.get())) {
    return plain ? first_bands(image) : nullptr;
  }
  const bool uchar = plain && vips_image_get_format(image.get()) == VIPS_FORMAT_UCHAR;
  switch (space) {
    case VIPS_INTERPRETATION_B_W:
    case VIPS_INTERPRETATION_CMYK:
    case VIPS_INTERPRETATION_sRGB:
      if (uchar) return made_by(image, [](VipsImage* in, VipsImage** out) { return vips_copy(in, out, nullptr); });
      if (vips_image_get_format(image.get()) == VIPS_FORMAT_USHORT) {
        return made_by(image,
                       [](VipsImage* in, VipsImage** out) { return vips_cast_uchar(in, out, "shift", TRUE, nullptr); });
      }
      return made_by(image, [](VipsImage* in, VipsImage** out) { return vips_cast_uchar(in, out, nullptr); });
    case VIPS_INTERPRETATION_GREY16:
      return to(image, VIPS_INTERPRETATION_B_W);
    default:
      return to(image, VIPS_INTERPRETATION_sRGB);
  }
}

Image on_white(const Image& image) {
  if (!image || !vips_image_hasalpha(image.get()))
    return made_by(image, [](VipsImage* in, VipsImage** out) { return vips_copy(in, out, nullptr); });
  VipsArrayDouble* const background = vips_array_double_newv(1, white);
  Image flat = made_by(
      image, [&](VipsImage* in, VipsImage** out) { return vips_flatten(in, out, "background", background, nullptr); });
  vips_area_unref(VIPS_AREA(background));
  return flat;
}

Image in_srgb(const Image& image) {
  if (!image) return nullptr;
  const bool grey = is_grey(image);
  Image exact = by_profile(image);
  vips_error_clear();
  if (exact && !grey) return exact;
  Image made = to(exact ? exact : image, grey ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB);
  return without_profile(made);
}

}  // namespace gannet::worker
