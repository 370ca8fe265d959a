#include "decode/image_format.hpp"

namespace gannet::decode {

std::string_view name(Format format) {
  switch (format) {
    case Format::jpeg:
      return "jpeg";
    case Format::png:
      return "png";
    case Format::gif:
      return "gif";
    case Format::webp:
      return "webp";
    case Format::avif:
      return "avif";
    case Format::heic:
      return "heic";
    case Format::jxl:
      return "jxl";
    case Format::bmp:
      return "bmp";
    case Format::tiff:
      return "tiff";
    case Format::ico:
      return "ico";
    case Format::svg:
      return "svg";
  }
  return "unknown";
}

std::string_view extension(Format format) { return format == Format::jpeg ? "jpg" : name(format); }

}  // namespace gannet::decode
