#include "worker/hash.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "worker/shape.hpp"

namespace gannet::worker {
namespace {

constexpr std::size_t side = 32, low = 8;

using Grey = std::array<std::array<double, side>, side>;

Grey grey_of(const Image& image) {
  Grey grey{};
  const int bands = vips_image_get_bands(image.get());
  for (std::size_t y = 0; y < side; ++y) {
    const VipsPel* pixel = VIPS_IMAGE_ADDR(image.get(), 0, static_cast<int>(y));
    for (std::size_t x = 0; x < side; ++x, pixel += bands) {
      grey[y][x] = bands < 3 ? pixel[0] : std::round(0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2]);
    }
  }
  return grey;
}

double wave(std::size_t frequency, std::size_t at) {
  return std::cos(std::numbers::pi * static_cast<double>(frequency) * (2.0 * static_cast<double>(at) + 1) /
                  (2.0 * side));
}

// The cosine transform, type II, of the lowest frequencies in both directions.
std::array<double, low * low> low_frequencies(const Grey& grey) {
  std::array<std::array<double, side>, low> rows{};  // transformed from top to bottom
  for (std::size_t v = 0; v < low; ++v) {
    for (std::size_t y = 0; y < side; ++y) {
      const double weight = wave(v, y);
      for (std::size_t x = 0; x < side; ++x) rows[v][x] += weight * grey[y][x];
    }
  }
  std::array<double, low * low> values{};
  for (std::size_t u = 0; u < low; ++u) {
    for (std::size_t x = 0; x < side; ++x) {
      const double weight = wave(u, x);
      for (std::size_t v = 0; v < low; ++v) values[v * low + u] += weight * rows[v][x];
    }
  }
  return values;
}

double median(std::array<double, low * low> values) {
  std::ranges::sort(values);
  return (values[values.size() / 2 - 1] + values[values.size() / 2]) / 2;
}

}  // namespace

std::optional<std::uint64_t> perceptual_hash(const Image& image) {
  const Image small = in_memory(resized(image, {side, side}));
  if (!small) return std::nullopt;
  const auto values = low_frequencies(grey_of(small));
  const double middle = median(values);
  std::uint64_t hash = 0;
  for (const double value : values) hash = hash << 1 | (value > middle ? 1u : 0u);
  return hash;
}

}  // namespace gannet::worker
