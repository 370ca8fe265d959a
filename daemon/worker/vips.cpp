#include "worker/vips.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "core/text.hpp"
#include "decode/protocol.hpp"

namespace gannet::worker {
namespace {

constexpr int strip = 16;  // lines; loaders work in strips of 8 or 16

struct RegionRelease {
  void operator()(VipsRegion* region) const { g_object_unref(region); }
};

using Region = std::unique_ptr<VipsRegion, RegionRelease>;

// Calls `take(region, rectangle)` for each strip, in order.
template <typename Take>
bool read_strips(const Image& image, Take take) {
  const Region region(vips_region_new(image.get()));
  if (!region) return false;
  const int width = vips_image_get_width(image.get()), height = vips_image_get_height(image.get());
  for (int top = 0; top < height; top += strip) {
    const VipsRect lines{0, top, width, std::min(strip, height - top)};
    if (vips_region_prepare(region.get(), &lines) != 0) return false;
    take(region.get(), lines);
  }
  return true;
}

}  // namespace

Image in_memory(const Image& image) {
  if (!image) return nullptr;
  VipsImage* const in = image.get();
  Image out(vips_image_new_memory());
  vips_image_init_fields(out.get(), vips_image_get_width(in), vips_image_get_height(in), vips_image_get_bands(in),
                         vips_image_get_format(in), vips_image_get_coding(in), vips_image_get_interpretation(in), 1, 1);
  if (vips_image_pipelinev(out.get(), VIPS_DEMAND_STYLE_ANY, nullptr) != 0) return nullptr;
  if (vips_image_write_prepare(out.get()) != 0) return nullptr;
  const std::size_t line = VIPS_IMAGE_SIZEOF_LINE(in);
  const bool read = read_strips(image, [&](VipsRegion* region, const VipsRect& lines) {
    for (int y = lines.top; y < lines.top + lines.height; ++y) {
      std::memcpy(VIPS_IMAGE_ADDR(out.get(), 0, y), VIPS_REGION_ADDR(region, 0, y), line);
    }
  });
  if (!read) return nullptr;
  copy_notes(image, out);
  return out;
}

void copy_notes(const Image& from, const Image& to) {
  to->Xres = from->Xres, to->Yres = from->Yres;
  const auto copy = +[](VipsImage*, const char* field, GValue* value, void* out) -> void* {
    if (vips_image_get_typeof(static_cast<VipsImage*>(out), field) == 0) {
      vips_image_set(static_cast<VipsImage*>(out), field, value);
    }
    return nullptr;
  };
  vips_image_map(from.get(), copy, to.get());
}

bool decodes(const Image& image) {
  return image && read_strips(image, [](VipsRegion*, const VipsRect&) {});
}

bool decodes_to_the_end(const Image& image) {
  const Region region(image ? vips_region_new(image.get()) : nullptr);
  if (!region) return false;
  const VipsRect last{0, vips_image_get_height(image.get()) - 1, vips_image_get_width(image.get()), 1};
  return vips_region_prepare(region.get(), &last) == 0;
}

std::string error_text() {
  std::string_view text = vips_error_buffer();
  text = trim(text.substr(0, text.find('\n')));
  std::string line = on_one_line(text, decode::most_message - 1);
  vips_error_clear();
  return line;
}

}  // namespace gannet::worker
