#include "worker/ico.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "decode/reader.hpp"
#include "worker/bitmap.hpp"
#include "worker/open.hpp"
#include "worker/pixbuf.hpp"

namespace gannet::worker {
namespace {

using decode::Format;
using namespace std::string_view_literals;

constexpr std::string_view header = "\0\0\1\0\1\0"sv;  // of a file with one picture
constexpr std::size_t entry_size = 16, offset_at = 12;

struct Entry {
  std::uint32_t area = 0;
  std::uint16_t depth = 0;
  std::string_view words;  // as in the file
  std::string_view picture;

  bool better_than(const Entry& other) const { return std::tuple(area, depth) > std::tuple(other.area, other.depth); }
};

Entry read_entry(std::string_view words, std::string_view bytes) {
  decode::Reader reader(words, std::endian::little);
  const std::uint32_t width = reader.u8(), height = reader.u8();
  reader.skip(4);  // colours, reserved, planes
  Entry entry{(width == 0 ? 256 : width) * (height == 0 ? 256 : height), reader.u16(), words, {}};
  const std::uint32_t size = reader.u32(), offset = reader.u32();
  if (offset < bytes.size()) entry.picture = bytes.substr(offset, size);
  return entry;
}

std::optional<Entry> best_of(std::string_view bytes) {
  decode::Reader reader(bytes, std::endian::little);
  reader.skip(4);
  std::optional<Entry> best;
  for (std::uint16_t left = reader.u16(); left > 0 && reader.ok(); --left) {
    const Entry entry = read_entry(reader.take(entry_size), bytes);
    if (reader.ok() && (!best || entry.better_than(*best))) best = entry;
  }
  return best;
}

// What follows the header and the entry in a file of its own.
std::string file_of(const Entry& entry) {
  std::string file(header);
  file += entry.words.substr(0, offset_at);
  file += static_cast<char>(header.size() + entry_size);
  file += "\0\0\0"sv;
  file += entry.picture;
  return file;
}

}  // namespace

Image open_ico(std::span<const char> bytes) {
  const auto best = best_of({bytes.data(), bytes.size()});
  if (!best || best->picture.empty()) {
    vips_error("ico", "the picture is missing");
    return nullptr;
  }
  if (best->picture.starts_with("\x89PNG"sv)) return open(Format::png, best->picture);
  if (!icon_is_whole(best->picture)) {
    vips_error("ico", "the file ends within the picture");
    return nullptr;
  }
  return open_pixbuf(Format::ico, file_of(*best));
}

}  // namespace gannet::worker
