// A line on the terminal behind stderr, if there is one, that is drawn again as the work goes on.
// One thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/time.hpp"

namespace gannet::cli {

class ProgressLine {
 public:
  ProgressLine();

  /// At most five times a second: "[###...] 42 %  1,234 lines", where "lines" is `what`.
  void draw(double fraction, std::uint64_t count, std::string_view what);

  /// Takes it off the terminal, before anything else is printed.
  void clear();

 private:
  std::size_t columns_;
  TimePoint drawn_at_ = Clock::now();
  std::string drawn_;
};

}  // namespace gannet::cli
