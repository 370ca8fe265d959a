// One function a format, each in the file of its name, for sniff() alone. Each promises the same: nothing when the
// bytes are not its format; otherwise the format, with the width and height as far as the header could be read.
#pragma once

#include <optional>
#include <string_view>

#include "decode/sniff.hpp"

namespace gannet::decode {

std::optional<ImageInfo> read_jpeg(std::string_view bytes);
std::optional<ImageInfo> read_png(std::string_view bytes);
std::optional<ImageInfo> read_gif(std::string_view bytes);
std::optional<ImageInfo> read_webp(std::string_view bytes);
std::optional<ImageInfo> read_heif(std::string_view bytes);  // AVIF and HEIC
std::optional<ImageInfo> read_jxl(std::string_view bytes);
std::optional<ImageInfo> read_bmp(std::string_view bytes);
std::optional<ImageInfo> read_tiff(std::string_view bytes);
std::optional<ImageInfo> read_ico(std::string_view bytes);
std::optional<ImageInfo> read_svg(std::string_view bytes);

}  // namespace gannet::decode
