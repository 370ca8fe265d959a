// HEIF (ISO/IEC 23008-12), the container of AVIF and HEIC. The size is a property of the primary item, which may be
// a grid of smaller coded tiles; theirs must not be taken for it.
#include <algorithm>
#include <array>
#include <utility>

#include "decode/boxes.hpp"
#include "decode/header_readers.hpp"
#include "decode/reader.hpp"

namespace gannet::decode {
namespace {

constexpr int most_brands = 64;

std::optional<Format> format_of(std::string_view brand) {
  constexpr std::array<std::string_view, 2> avif{"avif", "avis"};
  constexpr std::array<std::string_view, 8> heic{"heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs"};
  if (std::ranges::count(avif, brand) != 0) return Format::avif;
  if (std::ranges::count(heic, brand) != 0) return Format::heic;
  return std::nullopt;
}

// The first brand that names a codec decides, the major one being asked first. A file that only says that it is
// HEIF is called HEIC, for want of a better name.
std::optional<Format> format_of_brands(std::string_view file_type) {
  Reader reader(file_type);
  bool heif = false;
  for (int i = 0; i < most_brands && reader.ok(); ++i) {
    const std::string_view brand = reader.take(4);
    if (const auto format = format_of(brand)) return format;
    heif = heif || brand == "mif1" || brand == "msf1";
    if (i == 0) reader.skip(4);  // minor version
  }
  return heif ? std::optional(Format::heic) : std::nullopt;
}

std::uint32_t read_primary_item(std::string_view body) {
  Reader reader(body);
  const std::uint8_t version = reader.u8();
  reader.skip(3);
  return version == 0 ? reader.u16() : reader.u32();
}

// Which properties the item has, counted from 1 among all properties of the file.
std::vector<std::uint16_t> read_associations(std::string_view body, std::uint32_t wanted) {
  Reader reader(body);
  const std::uint8_t version = reader.u8();
  const bool wide = (reader.u24() & 1) != 0;
  const std::uint32_t items = reader.u32();
  for (std::uint32_t i = 0; i < items && reader.ok(); ++i) {
    const std::uint32_t item = version == 0 ? reader.u16() : reader.u32();
    std::vector<std::uint16_t> indices(reader.u8());
    for (auto& index : indices) index = wide ? reader.u16() & 0x7fff : reader.u8() & 0x7f;
    if (item == wanted && reader.ok()) return indices;
  }
  return {};
}

void apply(const Box& property, ImageInfo& info) {
  Reader reader(property.body);
  if (property.type == "ispe") {
    reader.skip(4);
    const std::uint32_t width = reader.u32(), height = reader.u32();
    if (reader.ok()) info.width = width, info.height = height;
  } else if (property.type == "irot" && (reader.u8() & 1) != 0) {
    std::swap(info.width, info.height);  // a quarter turn, either way; the size is stored before it
  }
}

}  // namespace

std::optional<ImageInfo> read_heif(std::string_view bytes) {
  if (bytes.size() < 12 || bytes.substr(4, 4) != "ftyp") return std::nullopt;
  const std::vector<Box> file = read_boxes(bytes);
  const auto format = format_of_brands(body_of(file, "ftyp"));
  if (!format) return std::nullopt;

  ImageInfo info{*format};
  Reader meta_body(body_of(file, "meta"));
  meta_body.skip(4);  // version and flags
  const std::vector<Box> meta = read_boxes(meta_body.left());
  const std::vector<Box> item_properties = read_boxes(body_of(meta, "iprp"));
  const std::vector<Box> properties = read_boxes(body_of(item_properties, "ipco"));
  const std::uint32_t primary = read_primary_item(body_of(meta, "pitm"));
  for (const Box& box : item_properties) {
    if (box.type != "ipma") continue;
    for (const std::uint16_t index : read_associations(box.body, primary)) {
      if (index >= 1 && index <= properties.size()) apply(properties[index - 1u], info);
    }
  }
  return info;
}

}  // namespace gannet::decode
