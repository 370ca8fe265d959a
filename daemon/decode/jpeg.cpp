// JPEG (ITU-T T.81, annex B): segments, each behind a marker, until the frame header that holds the size.
#include "decode/header_readers.hpp"
#include "decode/reader.hpp"

namespace gannet::decode {
namespace {

constexpr int most_markers = 4096;  // 64 MiB of the largest segments are 1024

constexpr std::uint8_t end_of_image = 0xd9;
constexpr std::uint8_t start_of_scan = 0xda;

bool stands_alone(std::uint8_t marker) { return marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8); }

bool starts_frame(std::uint8_t marker) {
  const bool table = marker == 0xc4 || marker == 0xc8 || marker == 0xcc;
  return marker >= 0xc0 && marker <= 0xcf && !table;
}

// Like the common decoders, steps over fill bytes, and over garbage that some cameras leave between segments. 0 is no
// marker: an 0xff that was itself garbage, or the end.
std::uint8_t next_marker(Reader& reader) {
  reader.skip(reader.left().find('\xff'));  // not found is past any end
  std::uint8_t marker = 0;
  do {
    marker = reader.u8();
  } while (marker == 0xff);
  return marker;
}

// A frame of height 0 has it told behind its first scan (DNL, B.2.5).
std::uint16_t height_behind_scan(std::string_view bytes) {
  constexpr std::string_view define_lines("\xff\xdc\0\x04", 4);
  const auto at = bytes.find(define_lines);
  if (at == std::string_view::npos) return 0;
  Reader reader(bytes.substr(at + define_lines.size()));
  return reader.u16();
}

}  // namespace

std::optional<ImageInfo> read_jpeg(std::string_view bytes) {
  if (!bytes.starts_with("\xff\xd8\xff")) return std::nullopt;
  ImageInfo info{Format::jpeg};
  Reader reader(bytes.substr(2));
  for (int markers = 0; markers < most_markers && reader.ok(); ++markers) {
    const std::uint8_t marker = next_marker(reader);
    if (marker == 0 || stands_alone(marker)) continue;
    if (marker == start_of_scan || marker == end_of_image) break;
    const std::uint16_t length = reader.u16();  // counts itself
    if (length < 2) break;
    if (!starts_frame(marker)) {
      reader.skip(length - 2u);
      continue;
    }
    reader.skip(1);  // precision
    const std::uint16_t height = reader.u16(), width = reader.u16();
    if (!reader.ok()) break;
    info.width = width, info.height = height != 0 ? height : height_behind_scan(reader.left());
    info.blank = info.width == 0 || info.height == 0;
    break;
  }
  return info;
}

}  // namespace gannet::decode
