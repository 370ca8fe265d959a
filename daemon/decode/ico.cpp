// ICO: several pictures in one file; the largest counts. The magic is mostly zeros and proves little, so the directory
// must make sense. Cursors (type 2) are not images to us.
#include <algorithm>

#include "decode/header_readers.hpp"
#include "decode/reader.hpp"

namespace gannet::decode {
namespace {

using namespace std::string_view_literals;

constexpr std::uint32_t header_size = 6, entry_size = 16;
constexpr std::uint16_t most_pictures = 1024;

struct Entry {
  std::uint32_t width = 0, height = 0;
  std::uint32_t offset = 0;
};

// Nothing when the entry is cut off or cannot be one.
std::optional<Entry> read_entry(Reader& reader, std::uint16_t pictures) {
  const std::uint32_t width = reader.u8(), height = reader.u8();
  reader.skip(1);  // colours
  const std::uint8_t reserved = reader.u8();
  reader.skip(2);  // planes, for which some writers store anything
  const std::uint16_t depth = reader.u16();
  const std::uint32_t size = reader.u32(), offset = reader.u32();
  const bool plausible =
      (reserved == 0 || reserved == 255) && depth <= 32 && size > 0 && offset >= header_size + entry_size * pictures;
  if (!reader.ok() || !plausible) return std::nullopt;
  return Entry{width == 0 ? 256 : width, height == 0 ? 256 : height, offset};
}

// The directory has a byte for each side; the picture, a PNG or a BMP of double height, says for itself.
void take_part(std::string_view picture, ImageInfo& info) {
  constexpr std::uint32_t bitmap_header = 40;
  std::uint32_t width = 0, height = 0;
  if (const auto png = read_png(picture)) {
    width = png->width, height = png->height;
  } else if (Reader reader(picture, std::endian::little); reader.u32() == bitmap_header) {
    width = reader.u32();
    height = reader.u32() / 2;
    if (!reader.ok() || width > 0x7fffffff || height > 0x3fffffff) return;
  }
  info.part_width = std::max(info.part_width, width);
  info.part_height = std::max(info.part_height, height);
}

}  // namespace

std::optional<ImageInfo> read_ico(std::string_view bytes) {
  if (!bytes.starts_with("\0\0\1\0"sv)) return std::nullopt;
  Reader reader(bytes.substr(4), std::endian::little);
  const std::uint16_t pictures = reader.u16();
  if (pictures == 0 || pictures > most_pictures) return std::nullopt;
  ImageInfo info{Format::ico};
  for (std::uint16_t i = 0; i < pictures; ++i) {
    const auto entry = read_entry(reader, pictures);
    if (!entry) break;
    if (entry->width * entry->height > info.width * info.height) info.width = entry->width, info.height = entry->height;
    if (entry->offset < bytes.size()) take_part(bytes.substr(entry->offset), info);
  }
  return info.width == 0 ? std::nullopt : std::optional(info);
}

}  // namespace gannet::decode
