#include "cli/gauge.hpp"

#include <algorithm>
#include <cstdio>

#include "core/text.hpp"
#include "report/human.hpp"

namespace gannet::cli {
namespace {

double within_one(double fraction) { return fraction > 0 ? std::min(fraction, 1.0) : 0; }  // NaN is 0

}  // namespace

std::optional<Extent> extent_of(const JobStatus& job) {
  if (job.read_fraction >= 1) return Extent{job.lines_read, true};
  if (job.lines_read == 0 || !(job.read_fraction > 0)) return std::nullopt;
  const auto estimate = report::whole(static_cast<double>(job.lines_read) / job.read_fraction);
  return Extent{std::max(estimate, job.lines_read), false};
}

std::string of_extent(const std::optional<Extent>& extent) {
  if (!extent) return "of ?";
  return (extent->exact ? "of " : "of ~") + human_count(extent->lines);
}

std::string bar(double fraction, std::size_t columns) {
  if (columns < 3) return {};
  const std::size_t inside = columns - 2;
  const auto filled = static_cast<std::size_t>(within_one(fraction) * static_cast<double>(inside));
  return '[' + std::string(filled, '#') + std::string(inside - filled, '.') + ']';
}

std::string percent(double fraction) {
  char text[16];
  std::snprintf(text, sizeof text, "%3d %%", static_cast<int>(within_one(fraction) * 100));
  return text;
}

}  // namespace gannet::cli
