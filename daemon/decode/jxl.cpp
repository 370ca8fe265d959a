// JPEG XL (ISO/IEC 18181): a codestream that begins with the size, bare or in a box file, where it may be in pieces.
#include <array>
#include <string>
#include <utility>

#include "decode/boxes.hpp"
#include "decode/header_readers.hpp"
#include "decode/reader.hpp"

namespace gannet::decode {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view codestream_magic = "\xff\x0a";
constexpr std::string_view container_magic = "\0\0\0\x0cJXL \r\n\x87\n"sv;
constexpr std::size_t enough = 32;  // bytes of a codestream; what we read takes no more than 12

// Bits, the least significant of each byte first.
class BitReader {
 public:
  explicit BitReader(std::string_view bytes) : bytes_(bytes) {}

  bool ok() const { return bytes_.ok(); }

  std::uint32_t bits(unsigned count) {
    std::uint32_t value = 0;
    for (unsigned i = 0; i < count; ++i) value |= bit() << i;
    return value;
  }

 private:
  std::uint32_t bit() {
    if (left_ == 0) {
      byte_ = bytes_.u8();
      left_ = 8;
    }
    const std::uint32_t value = byte_ & 1u;
    byte_ >>= 1;
    --left_;
    return value;
  }

  Reader bytes_;
  unsigned byte_ = 0;
  unsigned left_ = 0;  // bits of byte_
};

std::uint32_t read_length(BitReader& reader, bool small) {
  if (small) return (reader.bits(5) + 1) * 8;
  constexpr std::array<unsigned, 4> widths{9, 13, 18, 30};
  return reader.bits(widths[reader.bits(2)]) + 1;
}

std::uint32_t width_from_ratio(std::uint64_t height, std::uint32_t ratio) {
  constexpr std::array<std::array<unsigned, 2>, 8> ratios{
      {{0, 1}, {1, 1}, {12, 10}, {4, 3}, {3, 2}, {16, 9}, {5, 4}, {2, 1}}};
  return static_cast<std::uint32_t>(height * ratios[ratio][0] / ratios[ratio][1]);
}

ImageInfo read_codestream(std::string_view codestream) {
  ImageInfo info{Format::jxl};
  if (!codestream.starts_with(codestream_magic)) return info;
  BitReader reader(codestream.substr(codestream_magic.size()));
  const bool small = reader.bits(1) != 0;
  const std::uint32_t height = read_length(reader, small);
  const std::uint32_t ratio = reader.bits(3);
  const std::uint32_t width = ratio == 0 ? read_length(reader, small) : width_from_ratio(height, ratio);
  if (!reader.ok()) return info;
  info.width = width, info.height = height;

  const bool all_default = reader.bits(1) != 0;
  const bool extra_fields = !all_default && reader.bits(1) != 0;
  const std::uint32_t orientation = extra_fields ? reader.bits(3) : 0;  // as in Exif, but from 0
  if (orientation >= 4) std::swap(info.width, info.height);
  return info;
}

std::string read_container(std::string_view bytes) {
  std::string codestream;
  for (const Box& box : read_boxes(bytes)) {
    if (codestream.size() >= enough) break;
    if (box.type == "jxlc") return std::string(box.body.substr(0, enough));
    if (box.type == "jxlp" && box.body.size() > 4) codestream += box.body.substr(4, enough);  // after its number
  }
  return codestream;
}

}  // namespace

std::optional<ImageInfo> read_jxl(std::string_view bytes) {
  if (bytes.starts_with(container_magic)) return read_codestream(read_container(bytes));
  if (bytes.starts_with(codestream_magic)) return read_codestream(bytes);
  return std::nullopt;
}

}  // namespace gannet::decode
