// How large images are, in the steps that charts show: bytes in steps of 1, 2, 5, 10, ..., width and height in steps of
// 2^n and 1.5 x 2^n. Exact counts. One thread.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace gannet::page {

class ImageSizes {
 public:
  struct Step {
    std::uint64_t from = 0, to = 0;  // the last step has no end: `to` is 0
    std::uint64_t count = 0;
  };

  void add_bytes(std::uint64_t bytes);
  void add_pixels(std::uint32_t width, std::uint32_t height);

  /// From the first to the last that has something.
  std::vector<Step> bytes() const;

  /// Edges of the steps of width and height: step n is [edge(n), edge(n + 1)), the last has no end.
  static constexpr std::size_t pixel_steps = 24;
  static std::uint32_t pixel_edge(std::size_t step);
  std::uint64_t pixels(std::size_t width_step, std::size_t height_step) const {
    return pixels_[width_step][height_step];
  }

  std::uint64_t landscape() const { return landscape_; }
  std::uint64_t portrait() const { return portrait_; }
  std::uint64_t square() const { return square_; }

 private:
  std::array<std::uint64_t, 32> bytes_{};
  std::array<std::array<std::uint64_t, pixel_steps>, pixel_steps> pixels_{};
  std::uint64_t landscape_ = 0, portrait_ = 0, square_ = 0;
};

}  // namespace gannet::page
