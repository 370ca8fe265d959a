#include "decode/sniff.hpp"

#include <array>

#include "decode/header_readers.hpp"

namespace gannet::decode {

std::optional<ImageInfo> sniff(std::string_view bytes) {
  // Long magics and common formats first. SVG has no magic and is read as text, so it comes last.
  constexpr std::array readers{read_jpeg, read_png, read_webp, read_gif, read_heif,
                               read_jxl,  read_bmp, read_tiff, read_ico, read_svg};
  for (const auto read : readers) {
    if (auto info = read(bytes)) return info;
  }
  return std::nullopt;
}

}  // namespace gannet::decode
