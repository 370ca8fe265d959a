#include "cli/progress_line.hpp"

#include <unistd.h>

#include "cli/gauge.hpp"
#include "cli/progress.hpp"
#include "core/text.hpp"
#include "report/human.hpp"

namespace gannet::cli {
namespace {

constexpr milliseconds between_draws{200};

}  // namespace

ProgressLine::ProgressLine() : columns_(terminal_columns(STDERR_FILENO)) {}

void ProgressLine::draw(double fraction, std::uint64_t count, std::string_view what) {
  const auto now = Clock::now();
  if (columns_ == 0 || now - drawn_at_ < between_draws) return;
  drawn_at_ = now;
  drawn_ = report::shortened(
      bar(fraction, 22) + percent(fraction) + "  " + human_count(count) + ' ' + std::string(what), columns_);
  show('\r' + drawn_);
}

void ProgressLine::clear() {
  if (!drawn_.empty()) show('\r' + std::string(report::width(drawn_), ' ') + '\r');
  drawn_.clear();
}

}  // namespace gannet::cli
