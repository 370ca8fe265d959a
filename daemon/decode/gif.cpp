// GIF: the logical screen, which is what an animation is played on.
#include "decode/header_readers.hpp"
#include "decode/reader.hpp"

namespace gannet::decode {

std::optional<ImageInfo> read_gif(std::string_view bytes) {
  if (!bytes.starts_with("GIF87a") && !bytes.starts_with("GIF89a")) return std::nullopt;
  ImageInfo info{Format::gif};
  Reader reader(bytes.substr(6), std::endian::little);
  const std::uint16_t width = reader.u16(), height = reader.u16();
  if (reader.ok()) info.width = width, info.height = height;
  return info;
}

}  // namespace gannet::decode
