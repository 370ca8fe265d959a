#include "page/image_sizes.hpp"

#include <algorithm>

namespace gannet::page {
namespace {

// 0, 1, 2, 5, 10, 20, 50, ...: the last is beyond 10 GB.
std::uint64_t byte_edge(std::size_t step) {
  if (step == 0) return 0;
  std::uint64_t edge = step % 3 == 1 ? 1 : step % 3 == 2 ? 2 : 5;
  for (std::size_t ten = (step - 1) / 3; ten > 0; --ten) edge *= 10;
  return edge;
}

std::size_t pixel_step(std::uint32_t pixels) {
  std::size_t step = 0;
  while (step + 1 < ImageSizes::pixel_steps && ImageSizes::pixel_edge(step + 1) <= pixels) ++step;
  return step;
}

}  // namespace

void ImageSizes::add_bytes(std::uint64_t bytes) {
  std::size_t step = 0;
  while (step + 1 < bytes_.size() && byte_edge(step + 1) <= bytes) ++step;
  ++bytes_[step];
}

void ImageSizes::add_pixels(std::uint32_t width, std::uint32_t height) {
  ++pixels_[pixel_step(width)][pixel_step(height)];
  ++(width > height ? landscape_ : width < height ? portrait_ : square_);
}

std::vector<ImageSizes::Step> ImageSizes::bytes() const {
  const auto has = [](std::uint64_t count) { return count > 0; };
  const auto first = static_cast<std::size_t>(std::ranges::find_if(bytes_, has) - bytes_.begin());
  std::vector<Step> steps;
  for (std::size_t step = first, empty = 0; step < bytes_.size(); ++step) {
    empty = bytes_[step] > 0 ? 0 : empty + 1;
    steps.push_back({byte_edge(step), step + 1 < bytes_.size() ? byte_edge(step + 1) : 0, bytes_[step]});
    if (step + 1 == bytes_.size()) steps.resize(steps.size() - empty);
  }
  return steps;
}

// 0, 8, 12, 16, 24, 32, ... 16384
std::uint32_t ImageSizes::pixel_edge(std::size_t step) {
  if (step == 0) return 0;
  const std::uint32_t power = 8u << ((step - 1) / 2);
  return step % 2 == 1 ? power : power + power / 2;
}

}  // namespace gannet::page
