#include "worker/pages.hpp"

#include <algorithm>

#include "decode/boxes.hpp"
#include "decode/reader.hpp"
#include "decode/sniff.hpp"

namespace gannet::worker {
namespace {

using decode::Format;
using decode::Reader;
using namespace std::string_view_literals;

// Each frame of an animation is decoded into a whole picture.
Pages pages_of_gif(std::string_view bytes) {
  Reader reader(bytes.substr(std::min<std::size_t>(10, bytes.size())), std::endian::little);
  const auto skip_colours = [&](std::uint8_t flags) {
    if ((flags & 0x80) != 0) reader.skip(3u << ((flags & 7) + 1));
  };
  const auto skip_blocks = [&] {
    for (std::uint8_t size = reader.u8(); size > 0; size = reader.u8()) reader.skip(size);
  };
  skip_colours(reader.u8());
  reader.skip(2);
  Pages pages{0};
  while (reader.ok() && !reader.left().empty() && pages.count <= most_pages) {
    const std::uint8_t kind = reader.u8();
    if (kind == ',') {
      ++pages.count;
      reader.skip(8);
      skip_colours(reader.u8());
      reader.skip(1);
      skip_blocks();
      pages.cut = !reader.ok();
    } else if (kind == '!') {
      reader.skip(1);
      skip_blocks();
    } else if (kind != 0) {  // zeros are what some programs leave between the blocks
      break;
    }
  }
  pages.count = std::max<std::uint64_t>(pages.count, 1);
  return pages;
}

Pages pages_of_webp(std::string_view bytes) {
  Reader reader(bytes.substr(std::min<std::size_t>(12, bytes.size())), std::endian::little);
  std::uint64_t frames = 0;
  while (reader.ok() && frames <= most_pages) {
    const bool frame = reader.take(4) == "ANMF";
    const std::uint64_t length = reader.u32();
    reader.skip(length + length % 2);
    if (frame) ++frames;  // also one that is cut off, which the codec finds
  }
  return {std::max<std::uint64_t>(frames, 1)};
}

// Of an animated one (APNG) the codec reads the first picture alone, and does not see whether the others are there.
bool is_cut_apng(std::string_view bytes) {
  constexpr std::uint64_t signature = 8, check = 4;
  Reader reader(bytes.substr(std::min<std::size_t>(signature, bytes.size())));
  bool animated = false;
  while (reader.ok()) {
    const std::uint64_t length = reader.u32();
    const std::string_view type = reader.take(4);
    if (type == "IEND") return false;
    animated = animated || type == "acTL";
    reader.skip(length + check);
  }
  return animated;
}

// Likewise of sequences.
bool is_cut_heif(std::string_view bytes) {
  return std::ranges::any_of(decode::read_boxes(bytes), [](const decode::Box& box) {
    return box.cut && (box.type == "mdat" || box.type == "moov" || box.type == "meta");
  });
}

struct Directory {
  std::uint64_t width = 0, height = 0, next = 0;
  bool whole = false;
};

Directory read_directory(std::string_view bytes, std::uint64_t offset, bool big, std::endian order) {
  constexpr std::uint16_t width_tag = 256, height_tag = 257, colours_tag = 320, short_type = 3, long8_type = 16;
  constexpr std::uint64_t most_entries = 4096;  // that are looked at; a few dozen are usual
  Reader reader(bytes, order);
  reader.skip(offset);
  const std::uint64_t entries = big ? reader.u64() : reader.u16();
  const std::uint64_t size = big ? 20 : 12;
  Directory directory;
  if (entries > reader.left().size() / size) return directory;
  directory.whole = true;
  Reader fields(reader.take(entries * size), order);
  for (std::uint64_t i = 0; i < std::min(entries, most_entries); ++i) {
    Reader field(fields.take(size), order);
    const std::uint16_t tag = field.u16(), type = field.u16();
    const std::uint64_t count = big ? field.u64() : field.u32();
    if (tag > colours_tag) break;  // they are sorted
    if (tag == colours_tag) {      // without them the codec goes on in grey
      const std::uint64_t place = big ? field.u64() : field.u32();
      directory.whole = place < bytes.size() && count <= (bytes.size() - place) / 2;
      break;
    }
    if (tag > height_tag) continue;
    const std::uint64_t value = type == short_type ? field.u16() : type == long8_type ? field.u64() : field.u32();
    if (value > UINT32_MAX) break;
    if (tag == width_tag) directory.width = value;
    if (tag == height_tag) directory.height = value;
  }
  directory.next = big ? reader.u64() : reader.u32();
  directory.whole = directory.whole && reader.ok();
  return directory;
}

Pages pages_of_tiff(std::string_view bytes) {
  const std::endian order = bytes.starts_with("II") ? std::endian::little : std::endian::big;
  const bool big = bytes.starts_with("II+\0"sv) || bytes.starts_with("MM\0+"sv);
  Reader header(bytes, order);
  header.skip(big ? 8 : 4);
  std::uint64_t offset = big ? header.u64() : header.u32();
  Pages pages{0};
  Directory first;
  while (offset != 0 && offset < bytes.size() && pages.count <= most_pages) {
    const Directory directory = read_directory(bytes, offset, big, order);
    if (pages.count == 0) first = directory;
    pages.even = pages.even && directory.width == first.width && directory.height == first.height;
    ++pages.count;
    pages.pixels += directory.width * directory.height;
    pages.cut = pages.cut || !directory.whole;
    offset = directory.next;
  }
  pages.cut = pages.cut || (offset != 0 && offset >= bytes.size());
  pages.count = std::max<std::uint64_t>(pages.count, 1);
  return pages;
}

}  // namespace

Pages count_pages(Format format, std::string_view bytes) {
  if (format == Format::tiff) return pages_of_tiff(bytes);
  Pages pages;
  if (format == Format::gif) pages = pages_of_gif(bytes);
  if (format == Format::webp) pages = pages_of_webp(bytes);
  if (format == Format::png) pages.cut = is_cut_apng(bytes);
  if (format == Format::avif || format == Format::heic) pages.cut = is_cut_heif(bytes);
  if (const auto image = decode::sniff(bytes); image && image->format == format) {
    const auto area = [](std::uint64_t width, std::uint64_t height) { return width * height; };
    pages.pixels =
        pages.count * std::max(area(image->width, image->height), area(image->part_width, image->part_height));
  }
  return pages;
}

}  // namespace gannet::worker
