#include "core/layout.hpp"

#include <cinttypes>
#include <cstdio>

namespace gannet {

std::string image_name(std::uint64_t key, unsigned shard_size, std::string_view extension) {
  char text[64];
  std::snprintf(text, sizeof text, "%05" PRIu64 "/%09" PRIu64 ".", key / shard_size, key);
  std::string name = text;
  name += extension;
  return name;
}

}  // namespace gannet
