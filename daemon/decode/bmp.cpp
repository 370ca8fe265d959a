// BMP. "BM" also begins plenty of text, so the fields behind it must make sense.
#include <algorithm>
#include <array>

#include "decode/header_readers.hpp"
#include "decode/reader.hpp"

namespace gannet::decode {
namespace {

constexpr std::uint32_t core_header = 12;
constexpr std::array<std::uint32_t, 8> header_sizes{core_header, 16, 40, 52, 56, 64, 108, 124};
constexpr std::array<std::uint16_t, 8> depths{0, 1, 2, 4, 8, 16, 24, 32};  // bits a pixel; 0 when JPEG or PNG is inside

// Rows stored from the top down have a negative height.
std::uint32_t magnitude(std::uint32_t value) { return value > 0x7fffffff ? 0 - value : value; }

}  // namespace

std::optional<ImageInfo> read_bmp(std::string_view bytes) {
  if (!bytes.starts_with("BM")) return std::nullopt;
  Reader reader(bytes.substr(2), std::endian::little);
  reader.skip(12);  // file size, reserved, where the pixels are
  const std::uint32_t header = reader.u32();
  if (!reader.ok() || std::ranges::count(header_sizes, header) == 0) return std::nullopt;

  const bool core = header == core_header;
  const std::uint32_t width = core ? reader.u16() : reader.u32();
  const std::uint32_t height = core ? reader.u16() : reader.u32();
  const std::uint16_t planes = reader.u16(), depth = reader.u16();
  ImageInfo info{Format::bmp};
  if (!reader.ok()) return info;
  if (planes != 1 || std::ranges::count(depths, depth) == 0) return std::nullopt;
  if (width > 0x7fffffff) return std::nullopt;  // negative
  info.width = width, info.height = magnitude(height);
  info.blank = width == 0 || height == 0;
  return info;
}

}  // namespace gannet::decode
