#include "page/sample.hpp"

#include <algorithm>

namespace gannet::page {

void Sample::add(const Record& record) {
  const bool small = record.bytes > 0 && record.bytes <= most_bytes && record.width > 0 && record.height > 0 &&
                     record.width <= most_pixels && record.height <= most_pixels;
  if (record.outcome != Outcome::ok || record.is_shared() || !small || shown_as(record.format).empty()) return;
  ++eligible_;
  std::size_t place = chosen_.size();
  if (place == most_images) {
    place = std::uniform_int_distribution<std::uint64_t>(0, eligible_ - 1)(random_);
    if (place >= most_images) return;
  } else {
    chosen_.emplace_back();
  }
  chosen_[place] = {record.line, record.path, record.url, record.format, record.bytes, record.width, record.height};
}

std::vector<SmallImage> Sample::chosen() const {
  auto sorted = chosen_;
  std::ranges::sort(sorted, {}, &SmallImage::line);
  return sorted;
}

std::string_view shown_as(std::string_view format) {
  if (format == "jpeg") return "image/jpeg";
  if (format == "png") return "image/png";
  if (format == "gif") return "image/gif";
  if (format == "webp") return "image/webp";
  if (format == "avif") return "image/avif";
  return {};
}

}  // namespace gannet::page
