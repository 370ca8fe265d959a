// Hand-made files: numbers and boxes as bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace gannet::decode {

inline std::string big_endian(std::uint64_t value, unsigned size) {
  std::string bytes;
  for (unsigned i = size; i-- > 0;) bytes += static_cast<char>(value >> 8 * i & 0xff);
  return bytes;
}

inline std::string little_endian(std::uint64_t value, unsigned size) {
  const std::string bytes = big_endian(value, size);
  return {bytes.rbegin(), bytes.rend()};
}

inline std::string box(std::string_view type, std::string_view body) {
  return big_endian(8 + body.size(), 4).append(type).append(body);
}

}  // namespace gannet::decode
