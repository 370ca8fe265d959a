// WebP (RFC 9649): a RIFF file whose first chunk holds the size, in one of three ways. Behind an extended one come the
// frames, which have sizes of their own.
#include <algorithm>

#include "decode/header_readers.hpp"
#include "decode/reader.hpp"

namespace gannet::decode {
namespace {

struct Size {
  std::uint32_t width = 0, height = 0;
};

Size lossy(Reader& reader) {
  reader.skip(3);  // frame tag
  if (reader.take(3) != "\x9d\x01\x2a") return {};
  const std::uint32_t width = reader.u16(), height = reader.u16();  // each below two bits of scaling
  return {width & 0x3fff, height & 0x3fff};
}

Size lossless(Reader& reader) {
  if (reader.u8() != 0x2f) return {};
  const std::uint32_t packed = reader.u32();
  return {(packed & 0x3fff) + 1, (packed >> 14 & 0x3fff) + 1};
}

Size extended(Reader& reader) {
  reader.skip(4);  // flags
  const std::uint32_t width = reader.u24(), height = reader.u24();
  return {width + 1, height + 1};
}

Size framed(Reader& reader) {
  reader.skip(6);  // where it goes
  const std::uint32_t width = reader.u24(), height = reader.u24();
  reader.skip(4);  // how long it is shown; its chunks follow
  return {width + 1, height + 1};
}

// Frames have chunks in them, which are taken as if they came one behind the other.
void take_parts(Reader reader, ImageInfo& info) {
  while (reader.ok()) {
    const std::string_view chunk = reader.take(4);
    const std::uint32_t length = reader.u32();
    Size size;
    if (chunk == "ANMF") {
      size = framed(reader);
    } else {
      Reader within(reader.left(), std::endian::little);
      if (chunk == "VP8 ") size = lossy(within);
      if (chunk == "VP8L") size = lossless(within);
      if (!within.ok()) size = {};
      reader.skip(std::uint64_t{length} + length % 2);
    }
    info.part_width = std::max(info.part_width, size.width);
    info.part_height = std::max(info.part_height, size.height);
  }
}

}  // namespace

std::optional<ImageInfo> read_webp(std::string_view bytes) {
  if (!bytes.starts_with("RIFF") || bytes.size() < 12 || bytes.substr(8, 4) != "WEBP") return std::nullopt;
  ImageInfo info{Format::webp};
  Reader reader(bytes.substr(12), std::endian::little);
  const std::string_view chunk = reader.take(4);
  reader.skip(4);  // its length
  const Size size = chunk == "VP8 "   ? lossy(reader)
                    : chunk == "VP8L" ? lossless(reader)
                    : chunk == "VP8X" ? extended(reader)
                                      : Size{};
  if (reader.ok()) info.width = size.width, info.height = size.height;
  info.blank = reader.ok() && chunk == "VP8 " && (size.width == 0 || size.height == 0);  // the others add one
  if (chunk == "VP8X") take_parts(reader, info);
  return info;
}

}  // namespace gannet::decode
