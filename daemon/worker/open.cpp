#include "worker/open.hpp"

#include "worker/bitmap.hpp"
#include "worker/ico.hpp"
#include "worker/pixbuf.hpp"

namespace gannet::worker {
namespace {

using decode::Format;

using Loader = int (*)(void* bytes, std::size_t size, VipsImage** image, ...);

// They take a pointer to what they do not write to.
void* plain(std::span<const char> bytes) { return const_cast<char*>(bytes.data()); }

Image load(Loader loader, std::span<const char> bytes) {
  VipsImage* image = nullptr;
  const int failed = loader(plain(bytes), bytes.size(), &image, "fail_on", VIPS_FAIL_ON_TRUNCATED, "access",
                            VIPS_ACCESS_SEQUENTIAL, nullptr);
  return Image(failed == 0 ? image : nullptr);
}

// A page is only named where one is asked for: a HEIF file says itself which it shows.
Image load_pages(Loader loader, std::span<const char> bytes, const Opening& how, VipsFailOn fail_on) {
  VipsImage* image = nullptr;
  const int failed = how.page < 0 ? loader(plain(bytes), bytes.size(), &image, "n", how.pages, "fail_on", fail_on,
                                           "access", VIPS_ACCESS_SEQUENTIAL, nullptr)
                                  : loader(plain(bytes), bytes.size(), &image, "page", how.page, "n", how.pages,
                                           "fail_on", fail_on, "access", VIPS_ACCESS_SEQUENTIAL, nullptr);
  return Image(failed == 0 ? image : nullptr);
}

// Smaller as it is decoded, which an animation cannot be.
Image load_smaller_webp(std::span<const char> bytes, double scale) {
  VipsImage* image = nullptr;
  const int failed = vips_webpload_buffer(plain(bytes), bytes.size(), &image, "scale", scale, "fail_on",
                                          VIPS_FAIL_ON_TRUNCATED, "access", VIPS_ACCESS_SEQUENTIAL, nullptr);
  return Image(failed == 0 ? image : nullptr);
}

Image load_drawing(std::span<const char> bytes, double scale) {
  VipsImage* image = nullptr;
  const int failed = vips_svgload_buffer(plain(bytes), bytes.size(), &image, "scale", scale, nullptr);
  return Image(failed == 0 ? image : nullptr);
}

Image load_bitmap(std::span<const char> bytes) {
  if (!bmp_is_whole({bytes.data(), bytes.size()})) {
    vips_error("bmp", "the file ends within the pixels");
    return nullptr;
  }
  return open_pixbuf(Format::bmp, bytes);
}

}  // namespace

Image open(Format format, std::span<const char> bytes, const Opening& how) {
  switch (format) {
    case Format::jpeg:
      return load(vips_jpegload_buffer, bytes);
    case Format::png:
      return load(vips_pngload_buffer, bytes);
    case Format::gif:
      return load_pages(vips_gifload_buffer, bytes, how, VIPS_FAIL_ON_WARNING);
    case Format::webp:
      if (how.scale < 1) return load_smaller_webp(bytes, how.scale);
      return load_pages(vips_webpload_buffer, bytes, how, VIPS_FAIL_ON_TRUNCATED);
    case Format::avif:
    case Format::heic:
      return load_pages(vips_heifload_buffer, bytes, how, VIPS_FAIL_ON_TRUNCATED);
    case Format::tiff:
      return load_pages(vips_tiffload_buffer, bytes, how, VIPS_FAIL_ON_TRUNCATED);
    case Format::jxl:
      return load(vips_jxlload_buffer, bytes);
    case Format::svg:
      return load_drawing(bytes, how.scale);
    case Format::bmp:
      return load_bitmap(bytes);
    case Format::ico:
      return open_ico(bytes);
  }
  return nullptr;
}

}  // namespace gannet::worker
