#include "worker/bitmap.hpp"

#include <cstdint>

#include "decode/reader.hpp"

namespace gannet::worker {
namespace {

constexpr std::uint32_t core_header = 12;
constexpr std::size_t file_header = 14, pixels_at = 10;

enum Compression : std::uint32_t { none = 0, runs_of_8 = 1, runs_of_4 = 2, bit_fields = 3, alpha_bit_fields = 6 };

struct Bitmap {
  std::uint32_t header = 0, width = 0, height = 0, depth = 0, compression = none, size = 0, colours = 0;
};

std::uint32_t magnitude(std::uint32_t value) { return value > 0x7fffffff ? 0 - value : value; }

Bitmap read_header(std::string_view bytes) {
  decode::Reader reader(bytes, std::endian::little);
  Bitmap bitmap;
  bitmap.header = reader.u32();
  const bool core = bitmap.header == core_header;
  bitmap.width = core ? reader.u16() : reader.u32();
  bitmap.height = core ? reader.u16() : magnitude(reader.u32());
  reader.skip(2);  // planes
  bitmap.depth = reader.u16();
  if (core) return bitmap;
  bitmap.compression = reader.u32();
  bitmap.size = reader.u32();
  reader.skip(8);  // resolution
  bitmap.colours = reader.u32();
  return bitmap;
}

// Of lines, each of whole groups of four bytes, but for the last.
std::uint64_t size_of_lines(std::uint64_t width, std::uint64_t height, std::uint64_t depth) {
  const std::uint64_t line = (width * depth + 31) / 32 * 4;
  return height == 0 ? 0 : line * (height - 1) + (width * depth + 7) / 8;
}

std::uint64_t size_of_pixels(const Bitmap& bitmap) {
  if (bitmap.compression == runs_of_8 || bitmap.compression == runs_of_4) return bitmap.size;
  const bool plain =
      bitmap.compression == none || bitmap.compression == bit_fields || bitmap.compression == alpha_bit_fields;
  return plain ? size_of_lines(bitmap.width, bitmap.height, bitmap.depth) : 0;
}

}  // namespace

bool bmp_is_whole(std::string_view file) {
  if (file.size() < file_header) return false;
  decode::Reader reader(file.substr(pixels_at), std::endian::little);
  const std::uint64_t offset = reader.u32();
  return offset + size_of_pixels(read_header(file.substr(file_header))) <= file.size();
}

bool icon_is_whole(std::string_view picture) {
  Bitmap bitmap = read_header(picture);
  bitmap.height /= 2;  // the mask is counted too
  const std::uint64_t colours = bitmap.depth <= 8 && bitmap.colours == 0 ? 1u << bitmap.depth : bitmap.colours;
  const std::uint64_t mask = bitmap.depth < 32 ? size_of_lines(bitmap.width, bitmap.height, 1) : 0;
  const std::uint64_t lines =
      std::uint64_t{bitmap.height} * ((std::uint64_t{bitmap.width} * bitmap.depth + 31) / 32 * 4);
  return bitmap.header + 4 * colours + (mask == 0 ? size_of_pixels(bitmap) : lines + mask) <= picture.size();
}

}  // namespace gannet::worker
