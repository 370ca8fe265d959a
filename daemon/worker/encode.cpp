#include "worker/encode.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

namespace gannet::worker {
namespace {

using decode::Encoding;

constexpr int avif_effort = 2;  // of 9: 12 megapixels take 3 s; at libvips's 4 it is 25 s, for 4 % fewer bytes

// A saver's own option for that leaves some in: WebP's writes EXIF again, of what libvips has read of it.
void remove_all_notes(VipsImage* image) {
  const std::unique_ptr<gchar*, void (*)(gchar**)> names(vips_image_get_fields(image), &g_strfreev);
  constexpr std::array<std::string_view, 4> notes{VIPS_META_XMP_NAME, VIPS_META_IPTC_NAME, VIPS_META_ICC_NAME,
                                                  VIPS_META_PHOTOSHOP_NAME};
  for (gchar** name = names.get(); name && *name; ++name) {
    if (std::string_view(*name).starts_with("exif-") || std::ranges::count(notes, std::string_view(*name)) != 0) {
      vips_image_remove(image, *name);
    }
  }
}

// Those that say how it is turned, which it no longer is, and how it looked when it was small and perhaps not blurred.
// None of the others either, unless they are to be kept.
Image with_true_notes(const Image& image, bool keep) {
  Image copy = made_by(image, [](VipsImage* in, VipsImage** out) { return vips_copy(in, out, nullptr); });
  if (!copy) return nullptr;
  vips_autorot_remove_angle(copy.get());
  vips_image_remove(copy.get(), "jpeg-thumbnail-data");
  vips_image_remove(copy.get(), VIPS_META_PAGE_HEIGHT);
  vips_image_remove(copy.get(), VIPS_META_N_PAGES);
  if (!keep) remove_all_notes(copy.get());
  return copy;
}

int save(VipsImage* image, Encoding encoding, int quality, gboolean strip, void** bytes, std::size_t* size) {
  switch (encoding) {
    case Encoding::as_needed:
    case Encoding::jpeg:
      return vips_jpegsave_buffer(image, bytes, size, "Q", quality, "strip", strip, nullptr);
    case Encoding::png:
      return vips_pngsave_buffer(image, bytes, size, "compression", std::max(1, quality * 9 / 100), "strip", strip,
                                 nullptr);
    case Encoding::webp:
      return vips_webpsave_buffer(image, bytes, size, "Q", quality, "strip", strip, nullptr);
    case Encoding::avif:
      return vips_heifsave_buffer(image, bytes, size, "Q", quality, "compression", VIPS_FOREIGN_HEIF_COMPRESSION_AV1,
                                  "effort", avif_effort, "strip", strip, nullptr);
  }
  return -1;
}

}  // namespace

Encoded encode(const Image& image, Encoding encoding, int quality, bool keep_notes) {
  const Image final = with_true_notes(image, keep_notes);
  Encoded encoded;
  if (!final) return encoded;
  void* bytes = nullptr;
  if (save(final.get(), encoding, std::clamp(quality, 1, 100), !keep_notes, &bytes, &encoded.size) == 0) {
    encoded.memory.reset(bytes);
  }
  return encoded;
}

}  // namespace gannet::worker
