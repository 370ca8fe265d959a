// A fair choice of images for the contact sheet: each has the same chance, however many there are. The same job gives
// the same choice. One thread.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "core/record.hpp"

namespace gannet::page {

struct SampledImage {
  std::uint64_t line = 0;
  std::string path;
  std::string url;
  std::string format;
  std::uint64_t bytes = 0;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
};

class Sample {
 public:
  static constexpr std::size_t most_images = 48;
  static constexpr std::uint64_t most_bytes = 20 << 10;  // of one image
  static constexpr std::uint32_t most_pixels = 2048;     // wide or high: a browser unpacks them all

  enum class Of : unsigned char { all, small };  // small: those that can be shown as they are

  explicit Sample(Of of) : of_(of) {}

  void add(const Record& record);

  /// In the order of the list.
  std::vector<SampledImage> chosen() const;
  std::uint64_t eligible() const { return eligible_; }

 private:
  Of of_;
  std::uint64_t eligible_ = 0;
  std::mt19937_64 random_;  // always of the same seed
  std::vector<SampledImage> chosen_;
};

/// "image/png" of a format that browsers show and that cannot hold scripts or references; empty for any other.
std::string_view shown_as(std::string_view format);

}  // namespace gannet::page
