#include "worker/encode.hpp"

#include <algorithm>

namespace gannet::worker {
namespace {

using decode::Encoding;

// Those that say how it is turned, which it no longer is, and how it looked when it was small and perhaps not blurred.
Image with_true_notes(const Image& image) {
  Image copy = made_by(image, [](VipsImage* in, VipsImage** out) { return vips_copy(in, out, nullptr); });
  if (!copy) return nullptr;
  vips_autorot_remove_angle(copy.get());
  vips_image_remove(copy.get(), "jpeg-thumbnail-data");
  vips_image_remove(copy.get(), VIPS_META_PAGE_HEIGHT);
  vips_image_remove(copy.get(), VIPS_META_N_PAGES);
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
                                  "strip", strip, nullptr);
  }
  return -1;
}

}  // namespace

Encoded encode(const Image& image, Encoding encoding, int quality, bool keep_notes) {
  const Image final = with_true_notes(image);
  Encoded encoded;
  if (!final) return encoded;
  void* bytes = nullptr;
  if (save(final.get(), encoding, std::clamp(quality, 1, 100), !keep_notes, &bytes, &encoded.size) == 0) {
    encoded.memory.reset(bytes);
  }
  return encoded;
}

}  // namespace gannet::worker
