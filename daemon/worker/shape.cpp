#include "worker/shape.hpp"

#include <algorithm>

namespace gannet::worker {
namespace {

Image same(const Image& image) {
  return made_by(image, [](VipsImage* in, VipsImage** out) { return vips_copy(in, out, nullptr); });
}

int whole(std::uint32_t side) { return static_cast<int>(side); }

bool is_of(const Image& image, Size size) {
  return vips_image_get_width(image.get()) == whole(size.width) &&
         vips_image_get_height(image.get()) == whole(size.height);
}

Image turned(const Image& image, VipsAngle angle) {
  return made_by(image, [&](VipsImage* in, VipsImage** out) { return vips_rot(in, out, angle, nullptr); });
}

Image mirrored(const Image& image, VipsDirection direction) {
  return made_by(image, [&](VipsImage* in, VipsImage** out) { return vips_flip(in, out, direction, nullptr); });
}

Image scaled(const Image& image, Size size) {
  const double across = static_cast<double>(size.width) / vips_image_get_width(image.get());
  const double down = static_cast<double>(size.height) / vips_image_get_height(image.get());
  return made_by(image,
                 [&](VipsImage* in, VipsImage** out) { return vips_resize(in, out, across, "vscale", down, nullptr); });
}

}  // namespace

Image resized(const Image& image, Size size) {
  if (!image || is_of(image, size)) return same(image);
  if (!vips_image_hasalpha(image.get())) return scaled(image, size);
  const auto format = vips_image_get_format(image.get());
  const Image weighed =
      made_by(image, [](VipsImage* in, VipsImage** out) { return vips_premultiply(in, out, nullptr); });
  const Image small = weighed ? scaled(weighed, size) : nullptr;
  const Image plain =
      made_by(small, [](VipsImage* in, VipsImage** out) { return vips_unpremultiply(in, out, nullptr); });
  const Image rounded = made_by(
      plain, [](VipsImage* in, VipsImage** out) { return vips_round(in, out, VIPS_OPERATION_ROUND_RINT, nullptr); });
  return made_by(rounded, [&](VipsImage* in, VipsImage** out) { return vips_cast(in, out, format, nullptr); });
}

Image upright(const Image& image, int orientation) {
  switch (orientation) {
    case 2:
      return mirrored(image, VIPS_DIRECTION_HORIZONTAL);
    case 3:
      return turned(image, VIPS_ANGLE_D180);
    case 4:
      return mirrored(image, VIPS_DIRECTION_VERTICAL);
    case 5:
      return mirrored(turned(image, VIPS_ANGLE_D90), VIPS_DIRECTION_HORIZONTAL);
    case 6:
      return turned(image, VIPS_ANGLE_D90);
    case 7:
      return mirrored(turned(image, VIPS_ANGLE_D270), VIPS_DIRECTION_HORIZONTAL);
    case 8:
      return turned(image, VIPS_ANGLE_D270);
    default:
      return same(image);
  }
}

Image cut_to(const Image& image, Size size) {
  if (!image || is_of(image, size)) return same(image);
  const int width = std::min(vips_image_get_width(image.get()), whole(size.width));
  const int height = std::min(vips_image_get_height(image.get()), whole(size.height));
  const int left = (vips_image_get_width(image.get()) - width) / 2;
  const int top = (vips_image_get_height(image.get()) - height) / 2;
  return made_by(image, [&](VipsImage* in, VipsImage** out) {
    return vips_extract_area(in, out, left, top, width, height, nullptr);
  });
}

Image framed(const Image& image, Size size) {
  if (!image || is_of(image, size)) return same(image);
  const int left = (whole(size.width) - vips_image_get_width(image.get())) / 2;
  const int top = (whole(size.height) - vips_image_get_height(image.get())) / 2;
  return made_by(image, [&](VipsImage* in, VipsImage** out) {
    return vips_embed(in, out, left, top, whole(size.width), whole(size.height), "extend", VIPS_EXTEND_WHITE, nullptr);
  });
}

}  // namespace gannet::worker
