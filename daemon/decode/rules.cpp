#include "decode/rules.hpp"

#include <algorithm>
#include <string>

#include "decode/markup.hpp"

namespace gannet::decode {
namespace {

std::string shown(std::uint32_t width, std::uint32_t height) {
  return std::to_string(width) + " x " + std::to_string(height);
}

bool too_many(const Rules& rules, std::uint32_t width, std::uint32_t height) {
  return rules.max_pixels != 0 && std::uint64_t{width} * height > rules.max_pixels;
}

Result<void> check_sizes(const Rules& rules, const ImageInfo& image) {
  if (too_many(rules, image.part_width,
               image.part_height)) {  // a decoder makes room for it, whatever the whole says
    return Fault{Reason::too_many_pixels, shown(image.part_width, image.part_height) + " within"};
  }
  if (image.width == 0 || image.height == 0) return {};  // unknown is no offence
  return check_size(rules, image.width, image.height);
}

// Of these the rest may still say what the first bytes do not: the lines of a JPEG come behind its first scan, and the
// frame of a GIF behind any number of comments.
bool may_get_size(Format format) { return format == Format::jpeg || format == Format::gif; }

// Of these the first bytes may show another size than the whole: the largest picture of an ICO may come last, and an
// SVG may go on to say how large it is. Neither is ever large.
bool may_change_size(Format format) { return format == Format::ico || format == Format::svg; }

}  // namespace

Rules rules_of(const DecodeSettings& settings, const JobOptions* list) {
  Rules rules{settings.accept, settings.max_pixels, settings.min_size, settings.max_aspect_ratio};
  if (!list) return rules;
  rules.accept = list->accept.value_or(rules.accept);
  rules.min_size = list->min_size.value_or(rules.min_size);
  rules.max_aspect_ratio = list->max_aspect_ratio.value_or(rules.max_aspect_ratio);
  rules.max_pixels = stricter(rules.max_pixels, list->max_pixels.value_or(0));
  return rules;
}

Result<void> check_size(const Rules& rules, std::uint32_t width, std::uint32_t height) {
  if (too_many(rules, width, height)) return Fault{Reason::too_many_pixels, shown(width, height)};
  const auto [shorter, longer] = std::minmax(width, height);
  if (shorter < rules.min_size) return Fault{Reason::too_small, shown(width, height)};
  if (rules.max_aspect_ratio > 0 && longer > rules.max_aspect_ratio * shorter) {
    return Fault{Reason::too_small, shown(width, height) + ", too narrow for decode.max_aspect_ratio"};
  }
  return {};
}

Result<void> check(const Rules& rules, std::string_view body, const std::optional<ImageInfo>& image) {
  if (image && image->blank && rules.accept == Accept::images) {
    return Fault{Reason::not_an_image, "a damaged " + std::string(name(image->format)) + " image, " +
                                           shown(image->width, image->height) + " by its header"};
  }
  if (image) return check_sizes(rules, *image);
  if (rules.accept == Accept::any) return {};
  return Fault{Reason::not_an_image, describe(body)};
}

Result<EarlyVerdict> check_early(const Rules& rules, std::string_view first_bytes) {
  const auto image = sniff(first_bytes);
  if (!image) {
    // All magics are shorter than what is here; only a text may go on to be an image.
    if (rules.accept == Accept::images && may_begin_later(first_bytes)) return EarlyVerdict::undecided;
    if (const auto verdict = check(rules, first_bytes, image); !verdict) return verdict.error();
    return EarlyVerdict::settled;
  }
  if (may_change_size(image->format)) return EarlyVerdict::settled;
  const bool sized = image->width != 0 && image->height != 0;
  if (!sized && (!image->blank || may_get_size(image->format))) return EarlyVerdict::undecided;
  if (const auto verdict = check(rules, first_bytes, image); !verdict) return verdict.error();
  return EarlyVerdict::settled;
}

}  // namespace gannet::decode
