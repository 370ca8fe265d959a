#include "worker/source.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "worker/colour.hpp"
#include "worker/jpeg.hpp"
#include "worker/open.hpp"
#include "worker/shape.hpp"

namespace gannet::worker {
namespace {

using decode::Format;

// Decoders that leave pixels out make edges rough; the last halving is better done with care.
constexpr double spare = 2;

unsigned jpeg_shrink(double scale, const Facts& facts) {
  const auto least = std::min(facts.width, facts.height);
  for (const unsigned shrink : {8u, 4u, 2u}) {
    if (shrink * spare * scale <= 1 && least >= shrink) return shrink;
  }
  return 1;
}

// What decoding rounded up to is not all picture.
Image decoded_jpeg(std::span<const char> bytes, const Image& header, const Facts& facts, double scale) {
  const unsigned shrink = jpeg_shrink(scale, facts);
  const Image image = decode_jpeg(bytes, shrink, header);
  const int width = static_cast<int>(facts.width / shrink), height = static_cast<int>(facts.height / shrink);
  return made_by(
      image, [&](VipsImage* in, VipsImage** out) { return vips_extract_area(in, out, 0, 0, width, height, nullptr); });
}

// Means of blocks, for those that would be too large to keep. It may have become smaller when it was decoded.
Image coarser(Image image, const Facts& facts, double scale) {
  if (!image) return nullptr;
  const double left = scale * facts.width / vips_image_get_width(image.get());
  const double factor = std::floor(1 / (spare * left));
  if (factor < 2) return image;
  return made_by(image, [&](VipsImage* in, VipsImage** out) { return vips_shrink(in, out, factor, factor, nullptr); });
}

}  // namespace

Source::Source(Format format, std::span<const char> bytes, Image header, const Facts& facts, const Need& need)
    : facts_(facts), header_(std::move(header)), whole_(format == Format::jpeg || need.scale >= 1) {
  if (format == Format::jpeg) {
    pixels_ = with_8_bits(decoded_jpeg(bytes, header_, facts, need.scale));
    return;
  }
  const double decoded = std::min(1.0, spare * need.scale);
  if (format == Format::webp && facts.frames == 1 && decoded < 1) header_ = open(format, bytes, {.scale = decoded});
  if (format == Format::svg && need.scale != 1) header_ = open(format, bytes, {.scale = need.scale});
  pixels_ = with_8_bits(header_);
  if (!need.alpha) pixels_ = coarser(on_white(pixels_), facts, need.scale);
  if (need.several || need.anywhere) pixels_ = in_memory(pixels_);
}

Image Source::picture(Size seen, bool alpha) const {
  if (facts_.lies()) std::swap(seen.width, seen.height);
  const Image opaque = alpha ? nullptr : on_white(pixels_);
  Image image = in_srgb(resized(alpha ? pixels_ : opaque, seen));
  if (seen != Size{facts_.width, facts_.height}) image = in_memory(image);
  return upright(image, facts_.orientation);
}

bool Source::read_to_the_end() const { return whole_ || decodes_to_the_end(header_); }

}  // namespace gannet::worker
