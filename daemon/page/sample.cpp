#include "page/sample.hpp"

#include <algorithm>

namespace gannet::page {

namespace {

bool is_small(const Record& record) {
  const auto within = [](std::uint64_t value, std::uint64_t most) { return value > 0 && value <= most; };
  return within(record.bytes, Sample::most_bytes) && within(record.width, Sample::most_pixels) &&
         within(record.height, Sample::most_pixels) && !shown_as(record.format).empty();
}

}  // namespace

void Sample::add(const Record& record) {
  if (record.outcome != Outcome::ok || record.is_shared() || (of_ == Of::small && !is_small(record))) return;
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

std::vector<SampledImage> Sample::chosen() const {
  auto sorted = chosen_;
  std::ranges::sort(sorted, {}, &SampledImage::line);
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
