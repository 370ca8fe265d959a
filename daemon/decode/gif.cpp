// GIF: the logical screen, which is what an animation is played on, and the frames, which may be larger. Where the
// screen has no size, decoders take that of the first frame.
#include <algorithm>

#include "decode/header_readers.hpp"
#include "decode/reader.hpp"

namespace gannet::decode {
namespace {

void skip_colours(Reader& reader, std::uint8_t flags) {
  if ((flags & 0x80) != 0) reader.skip(3u << ((flags & 7) + 1));
}

void skip_blocks(Reader& reader) {
  for (std::uint8_t size = reader.u8(); size > 0; size = reader.u8()) reader.skip(size);
}

void take_frame(Reader& reader, ImageInfo& info) {
  reader.skip(4);  // where it goes
  const std::uint16_t width = reader.u16(), height = reader.u16();
  if (reader.ok() && info.blank) {
    if (info.width == 0) info.width = width;
    if (info.height == 0) info.height = height;
    info.blank = info.width == 0 || info.height == 0;
  }
  skip_colours(reader, reader.u8());
  if (reader.ok()) info.part_width = std::max<std::uint32_t>(info.part_width, width);
  if (reader.ok()) info.part_height = std::max<std::uint32_t>(info.part_height, height);
  reader.skip(1);  // bits a code
  skip_blocks(reader);
}

}  // namespace

std::optional<ImageInfo> read_gif(std::string_view bytes) {
  if (!bytes.starts_with("GIF87a") && !bytes.starts_with("GIF89a")) return std::nullopt;
  ImageInfo info{Format::gif};
  Reader reader(bytes.substr(6), std::endian::little);
  const std::uint16_t width = reader.u16(), height = reader.u16();
  if (reader.ok()) info.width = width, info.height = height;
  info.blank = reader.ok() && (width == 0 || height == 0);
  const std::uint8_t flags = reader.u8();
  reader.skip(2);  // background, shape of the pixels
  skip_colours(reader, flags);
  while (reader.ok()) {
    const std::uint8_t kind = reader.u8();
    if (kind == ',') {
      take_frame(reader, info);
    } else if (kind == '!') {
      reader.skip(1);  // which extension
      skip_blocks(reader);
    } else {
      break;
    }
  }
  return info;
}

}  // namespace gannet::decode
