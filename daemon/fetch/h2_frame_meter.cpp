#include "fetch/h2_frame_meter.hpp"

#include <algorithm>

namespace gannet::fetch {

bool H2FrameMeter::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    if (payload_left_ > 0) {
      const auto skipped = std::min(payload_left_, bytes.size());
      payload_left_ -= skipped;
      bytes.remove_prefix(skipped);
      continue;
    }
    const auto taken = std::min(header_size - header_have_, bytes.size());
    std::copy_n(bytes.begin(), taken, header_.begin() + static_cast<std::ptrdiff_t>(header_have_));
    header_have_ += taken;
    bytes.remove_prefix(taken);
    if (header_have_ < header_size) return true;
    header_have_ = 0;
    payload_left_ = static_cast<std::size_t>(header_[0]) << 16 | static_cast<std::size_t>(header_[1]) << 8 | header_[2];
    ++seen_[std::min<std::size_t>(header_[3], kinds - 1)];
    if (credit_ == 0) return false;
    --credit_;
  }
  return true;
}

std::string_view H2FrameMeter::most_frequent() const {
  static constexpr std::array<std::string_view, kinds> names{"DATA",          "HEADERS",      "PRIORITY", "RST_STREAM",
                                                             "SETTINGS",      "PUSH_PROMISE", "PING",     "GOAWAY",
                                                             "WINDOW_UPDATE", "CONTINUATION", "unknown"};
  return names[static_cast<std::size_t>(std::ranges::max_element(seen_) - seen_.begin())];
}

}  // namespace gannet::fetch
