// SVG: XML whose first element is <svg>. A page of HTML that has such an element somewhere is a page, not a picture.
#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/text.hpp"
#include "decode/header_readers.hpp"
#include "decode/markup.hpp"

namespace gannet::decode {
namespace {

// Takes a number from the front of the text, 0 when there is none.
double take_number(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n,"), text.size()));
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return error == std::errc{} ? value : 0;
}

// Rounded up, as the common renderers do; 0 for what no picture has, NaN included.
std::uint32_t whole_pixels(double length) {
  const double pixels = std::ceil(length);
  return pixels >= 1 && pixels <= UINT32_MAX ? static_cast<std::uint32_t>(pixels) : 0;
}

// "640" or "640px"; other units mean nothing without knowing where the picture is shown.
std::uint32_t pixels_of(std::string_view text) {
  const double value = take_number(text);
  const std::string_view unit = trim(text);
  return unit.empty() || equals_ignoring_case(unit, "px") ? whole_pixels(value) : 0;
}

ImageInfo read_size(std::string_view attributes) {
  ImageInfo info{Format::svg};
  info.width = pixels_of(attribute(attributes, "width").value_or(""));
  info.height = pixels_of(attribute(attributes, "height").value_or(""));
  if (info.width != 0 && info.height != 0) return info;
  if (auto box = attribute(attributes, "viewBox")) {
    take_number(*box), take_number(*box);  // where it starts
    info.width = whole_pixels(take_number(*box));
    info.height = whole_pixels(take_number(*box));
  }
  return info;
}

}  // namespace

std::optional<ImageInfo> read_svg(std::string_view bytes) {
  const std::string utf16 = ascii_of_utf16(bytes);
  const auto root = find_root(utf16.empty() ? bytes : utf16);
  if (!root || root->name != "svg" || equals_ignoring_case(root->doctype, "html")) return std::nullopt;
  return read_size(root->attributes);
}

}  // namespace gannet::decode
