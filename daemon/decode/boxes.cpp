#include "decode/boxes.hpp"

#include <algorithm>

#include "decode/reader.hpp"

namespace gannet::decode {
namespace {

constexpr std::size_t most_boxes = 512;

}  // namespace

std::vector<Box> read_boxes(std::string_view bytes) {
  std::vector<Box> boxes;
  Reader reader(bytes);
  while (!reader.left().empty() && boxes.size() < most_boxes) {
    const std::size_t start = reader.left().size();
    std::uint64_t length = reader.u32();  // counts itself
    const std::string_view type = reader.take(4);
    if (length == 1) length = reader.u64();
    const std::size_t header = start - reader.left().size();
    if (length == 0) length = start;  // up to the end of the file
    if (!reader.ok() || length < header) break;
    const std::uint64_t body = std::min<std::uint64_t>(length - header, reader.left().size());
    boxes.push_back({type, reader.take(body), body < length - header});
  }
  return boxes;
}

std::string_view body_of(const std::vector<Box>& boxes, std::string_view type) {
  const auto box = std::ranges::find(boxes, type, &Box::type);
  return box == boxes.end() ? std::string_view{} : box->body;
}

}  // namespace gannet::decode
