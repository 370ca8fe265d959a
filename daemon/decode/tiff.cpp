// TIFF 6.0 and BigTIFF, in both byte orders: the size of the first page.
#include "decode/header_readers.hpp"
#include "decode/reader.hpp"

namespace gannet::decode {
namespace {

using namespace std::string_view_literals;

constexpr std::uint64_t most_entries = 4096;  // of a directory; a few dozen are usual

enum Tag : std::uint16_t { image_width = 256, image_length = 257 };
enum Type : std::uint16_t { short_type = 3, long_type = 4, long8_type = 16 };

// The value of a field that is stored in its own entry, or 0.
std::uint32_t number(Reader field, std::uint16_t type) {
  switch (type) {
    case short_type:
      return field.u16();
    case long_type:
      return field.u32();
    case long8_type: {
      const std::uint64_t value = field.u64();
      return value > UINT32_MAX ? 0 : static_cast<std::uint32_t>(value);
    }
    default:
      return 0;
  }
}

}  // namespace

std::optional<ImageInfo> read_tiff(std::string_view bytes) {
  const bool big = bytes.starts_with("II+\0\x08\0"sv) || bytes.starts_with("MM\0+\0\x08"sv);
  if (!big && !bytes.starts_with("II*\0"sv) && !bytes.starts_with("MM\0*"sv)) return std::nullopt;
  const std::endian order = bytes[0] == 'I' ? std::endian::little : std::endian::big;
  ImageInfo info{Format::tiff};

  Reader header(bytes, order);
  header.skip(big ? 8 : 4);
  const std::uint64_t offset = big ? header.u64() : header.u32();
  Reader directory(bytes, order);
  directory.skip(offset);
  const std::uint64_t entries = big ? directory.u64() : directory.u16();
  for (std::uint64_t i = 0; i < entries && i < most_entries && header.ok(); ++i) {
    const std::uint16_t tag = directory.u16(), type = directory.u16();
    const std::uint64_t count = big ? directory.u64() : directory.u32();
    const Reader field(directory.take(big ? 8 : 4), order);
    if (!directory.ok()) break;
    if (tag == image_width && count == 1) info.width = number(field, type);
    if (tag == image_length && count == 1) info.height = number(field, type);
  }
  return info;
}

}  // namespace gannet::decode
