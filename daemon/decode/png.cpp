// PNG: the signature, and IHDR, which must come first.
#include "decode/header_readers.hpp"
#include "decode/reader.hpp"

namespace gannet::decode {

std::optional<ImageInfo> read_png(std::string_view bytes) {
  constexpr std::string_view signature = "\x89PNG\r\n\x1a\n";
  if (!bytes.starts_with(signature)) return std::nullopt;
  ImageInfo info{Format::png};
  Reader reader(bytes.substr(signature.size()));
  reader.skip(4);  // length
  const bool header = reader.take(4) == "IHDR";
  const std::uint32_t width = reader.u32(), height = reader.u32();
  constexpr std::uint32_t most = 0x7fffffff;
  if (!header || !reader.ok()) return info;
  if (width > most || height > most) return std::nullopt;  // no PNG is that large, and no decoder would take it
  info.width = width, info.height = height;
  info.blank = width == 0 || height == 0;
  return info;
}

}  // namespace gannet::decode
