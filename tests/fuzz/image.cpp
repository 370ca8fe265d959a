// What the first bytes of a body are: all header readers, and the words for what is no image.
#include <algorithm>

#include "decode/sniff.hpp"
#include "fuzz/fuzz_target.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gannet;
  const auto bytes = fuzz::as_text(data, size);
  const auto info = decode::sniff(bytes);
  if (info) fuzz::require(!decode::name(info->format).empty(), "a format has a name");
  const auto words = decode::describe(bytes);
  fuzz::require(!words.empty() && words.size() <= 100, "a description is short");
  fuzz::require(std::ranges::all_of(words, [](char c) { return c >= ' ' && c < 0x7f; }), "and printable");
  return 0;
}
