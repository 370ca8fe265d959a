#include "worker/examine.hpp"

#include <algorithm>
#include <limits>

#include "worker/jpeg.hpp"
#include "worker/open.hpp"
#include "worker/pages.hpp"

namespace gannet::worker {
namespace {

using decode::Format;

constexpr std::uint32_t most_lines = 8'000'000;  // of one picture, for libvips: frames are put below each other
constexpr std::uint32_t most_uneven = 256;       // pages that are opened one by one, each time from the first

std::string_view view(std::span<const char> bytes) { return {bytes.data(), bytes.size()}; }

std::string too_many(std::uint64_t pixels, std::uint64_t frames) {
  std::string text = std::to_string(pixels) + " pixels";
  if (frames > 1) text += " in " + std::to_string(frames) + " frames";
  return text;
}

}  // namespace

Examined examine(Format format, std::span<const char> bytes, std::uint64_t max_pixels) {
  Examined examined;
  if (max_pixels == 0) max_pixels = std::numeric_limits<std::uint64_t>::max();
  const Pages pages = count_pages(format, view(bytes));
  if (pages.count > most_pages) {
    examined.too_many_pixels = "it has more than " + std::to_string(most_pages) + " frames or pages";
    return examined;
  }
  if (pages.pixels > max_pixels) {
    examined.too_many_pixels = too_many(pages.pixels, pages.count);
    return examined;
  }
  examined.cut = pages.cut;
  examined.image = open(format, bytes);
  if (!examined.image) return examined;
  examined.facts = facts_of(format, examined.image);
  // What the codec says counts too: it is what it allocates.
  const std::uint64_t frames = pages.even ? examined.facts.frames : 1;
  const std::uint64_t pixels = std::uint64_t{examined.facts.width} * examined.facts.height * frames;
  if (pixels > max_pixels) examined.too_many_pixels = too_many(pixels, examined.facts.frames);
  return examined;
}

bool all_frames_decode(Format format, std::span<const char> bytes, const Facts& facts) {
  if (format == Format::jpeg) return jpeg_decodes(bytes);
  if (facts.frames == 1) return decodes(open(format, bytes));
  const bool even = format != Format::tiff || count_pages(format, view(bytes)).even;
  // The pages of HEIF are pictures of their own.
  const bool alone = !even || format == Format::heic || format == Format::avif;
  const std::uint32_t together = alone ? 1 : std::max(1u, most_lines / facts.height);
  const std::uint32_t last = alone ? std::min(facts.frames, most_uneven) : facts.frames;
  for (std::uint32_t page = 0; page < last; page += together) {
    const std::uint32_t pages = std::min(together, last - page);
    if (!decodes(open(format, bytes, {.page = static_cast<int>(page), .pages = static_cast<int>(pages)}))) return false;
  }
  return true;
}

}  // namespace gannet::worker
