// Tells a transfer that drips from one that is merely slow: plain arithmetic, one object a response.
#pragma once

#include "core/settings.hpp"
#include "core/time.hpp"

namespace gannet::fetch {

class SpeedGuard {
 public:
  /// Below `least` bytes a second over any whole `window` after `grace` is too slow. `least` 0: never.
  SpeedGuard(ByteCount least, milliseconds window, milliseconds grace, TimePoint start)
      : least_(least), window_(window), begin_(start + grace) {}

  /// Called after each read with the bytes received so far.
  bool too_slow(TimePoint now, ByteCount received) {
    if (least_ == 0 || now < begin_) {
      at_begin_ = received;
      return false;
    }
    if (now < begin_ + window_) return false;
    const auto elapsed = std::chrono::duration<double>(now - begin_).count();
    const bool slow = static_cast<double>(received - at_begin_) < static_cast<double>(least_) * elapsed;
    begin_ = now;
    at_begin_ = received;
    return slow;
  }

 private:
  ByteCount least_;
  milliseconds window_;
  TimePoint begin_;  // of the window being judged
  ByteCount at_begin_ = 0;
};

}  // namespace gannet::fetch
