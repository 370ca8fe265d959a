// TCP ports, "81" or "800-899".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gannet {

class PortRange {
 public:
  /// Nothing when the text is neither a port from 1 to 65535 nor two of them, the lower first.
  static std::optional<PortRange> parse(std::string_view text);

  bool contains(std::uint16_t port) const { return first_ <= port && port <= last_; }

  std::string text() const;

 private:
  PortRange(std::uint16_t first, std::uint16_t last) : first_(first), last_(last) {}

  std::uint16_t first_;
  std::uint16_t last_;
};

}  // namespace gannet
