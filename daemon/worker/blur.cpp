#include "worker/blur.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "worker/shape.hpp"

namespace gannet::worker {
namespace {

constexpr double share = 0.1;       // of the longer side of a box
constexpr double finest_sigma = 3;  // a wider Gaussian is laid over a smaller picture instead, which looks the same
constexpr double least_weight = 0.01;

struct Part {
  int left = 0, top = 0, right = 0, bottom = 0;

  int longer_side() const { return std::max(right - left, bottom - top); }
};

// Of what no side may be, a number that no picture has, nothing is left.
int place(float fraction, int side) {
  if (!(fraction >= 0)) return 0;
  return static_cast<int>(std::min(fraction, 1.0f) * static_cast<float>(side));
}

std::vector<Part> parts_of(std::span<const decode::Box> boxes, int width, int height) {
  std::vector<Part> parts;
  for (const decode::Box& box : boxes) {
    const Part part{place(box.left, width), place(box.top, height), place(box.right, width), place(box.bottom, height)};
    if (part.left < part.right && part.top < part.bottom) parts.push_back(part);
  }
  return parts;
}

Image mask_of(std::span<const Part> parts, int width, int height) {
  VipsImage* black = nullptr;
  if (vips_black(&black, width, height, nullptr) != 0) return nullptr;
  Image mask = in_memory(Image(black));
  for (const Part& part : parts) {
    const int more = static_cast<int>(share * part.longer_side());
    const int left = std::max(0, part.left - more), top = std::max(0, part.top - more);
    const int right = std::min(width, part.right + more), bottom = std::min(height, part.bottom + more);
    if (!mask || vips_draw_rect1(mask.get(), 255, left, top, right - left, bottom - top, "fill", TRUE, nullptr) != 0) {
      return nullptr;
    }
  }
  return mask;
}

Image smooth(const Image& image, double sigma) {
  const auto width = static_cast<std::uint32_t>(vips_image_get_width(image.get()));
  const auto height = static_cast<std::uint32_t>(vips_image_get_height(image.get()));
  const double factor = std::max(1.0, sigma / finest_sigma);
  const auto less = [&](std::uint32_t side) {
    return std::max(1u, static_cast<std::uint32_t>(std::lround(static_cast<double>(side) / factor)));
  };
  const Image small = in_memory(resized(image, {less(width), less(height)}));
  const Image soft = made_by(small, [&](VipsImage* in, VipsImage** out) {
    return vips_gaussblur(in, out, sigma / factor, "min_ampl", least_weight, nullptr);
  });
  return resized(soft ? in_memory(soft) : nullptr, {width, height});
}

}  // namespace

Image blurred(const Image& image, std::span<const decode::Box> boxes) {
  if (!image) return nullptr;
  const int width = vips_image_get_width(image.get()), height = vips_image_get_height(image.get());
  const std::vector<Part> parts = parts_of(boxes, width, height);
  int longest = 0;
  for (const Part& part : parts) longest = std::max(longest, part.longer_side());
  if (longest == 0) return made_by(image, [](VipsImage* in, VipsImage** out) { return vips_copy(in, out, nullptr); });

  const double sigma = std::max(0.5, share * longest);
  const Image hard = mask_of(parts, width, height);
  const Image mask = hard ? smooth(hard, sigma) : nullptr;
  const Image soft = smooth(image, sigma);
  if (!mask || !soft) return nullptr;
  return in_memory(made_by(mask, [&](VipsImage* in, VipsImage** out) {
    return vips_ifthenelse(in, soft.get(), image.get(), out, "blend", TRUE, nullptr);
  }));
}

}  // namespace gannet::worker
