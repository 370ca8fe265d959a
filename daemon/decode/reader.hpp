// A cursor over bytes that may lie or end early: the only way in which header readers touch them. A value of one
// function. Asking for more than is left gives zeros and makes ok() false for good, so that a reader checks once,
// after a group of fields, instead of after each.
#pragma once

#include <bit>
#include <cstdint>
#include <string_view>

namespace gannet::decode {

class Reader {
 public:
  explicit Reader(std::string_view bytes, std::endian order = std::endian::big) : left_(bytes), order_(order) {}

  /// False once anything asked for was not there.
  bool ok() const { return ok_; }

  std::string_view left() const { return left_; }

  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  std::uint32_t u24() { return static_cast<std::uint32_t>(number(3)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  std::uint64_t u64() { return number(8); }

  /// The next `count` bytes, or none at all when fewer are left.
  std::string_view take(std::uint64_t count) {
    if (count > left_.size()) {
      ok_ = false;
      left_ = {};
      return {};
    }
    const std::string_view taken = left_.substr(0, count);
    left_.remove_prefix(count);
    return taken;
  }

  void skip(std::uint64_t count) { take(count); }

 private:
  std::uint64_t number(unsigned size) {
    const std::string_view bytes = take(size);
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      const std::size_t at = order_ == std::endian::big ? i : bytes.size() - 1 - i;
      value = value << 8 | static_cast<unsigned char>(bytes[at]);
    }
    return value;
  }

  std::string_view left_;
  std::endian order_;
  bool ok_ = true;
};

}  // namespace gannet::decode
