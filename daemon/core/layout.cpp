#include "core/layout.hpp"

#include "core/text.hpp"

namespace gannet {

std::string image_name(std::uint64_t key, unsigned shard_size, std::string_view extension) {
  std::string name;
  append_padded(name, key / shard_size, 5);
  name += '/';
  append_padded(name, key, 9);
  name += '.';
  name += extension;
  return name;
}

}  // namespace gannet
