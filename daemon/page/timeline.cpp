#include "page/timeline.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace gannet::page {
namespace {

// Each divides the next, so steps can be added up.
constexpr seconds next_width(seconds width) {
  for (const int better : {5, 15, 30, 60, 300, 900, 1800, 3600, 10800, 21600, 43200, 86400}) {
    if (width.count() < better) return seconds(better);
  }
  return 2 * width;
}

void add_up(Timeline::Step& sum, const Timeline::Step& step) {
  for (std::size_t i = 0; i < sum.by_outcome.size(); ++i) sum.by_outcome[i] += step.by_outcome[i];
  sum.bytes += step.bytes;
}

}  // namespace

std::uint64_t Timeline::Step::lines() const {
  return std::accumulate(by_outcome.begin(), by_outcome.end(), std::uint64_t{0});
}

void Timeline::add(WallTime time, Outcome outcome, std::uint64_t bytes) {
  Step& step = steps_[number_of(time)];
  ++step.by_outcome[static_cast<std::size_t>(outcome)];
  step.bytes += bytes;
  while (steps_.rbegin()->first - steps_.begin()->first >= static_cast<std::int64_t>(most_steps)) widen();
}

WallTime Timeline::start() const { return WallTime(width_ * (steps_.empty() ? 0 : steps_.begin()->first)); }

std::vector<Timeline::Step> Timeline::steps() const {
  std::vector<Step> all;
  if (steps_.empty()) return all;
  const auto first = steps_.begin()->first;
  all.resize(static_cast<std::size_t>(steps_.rbegin()->first - first + 1));
  for (const auto& [number, step] : steps_) all[static_cast<std::size_t>(number - first)] = step;
  return all;
}

std::int64_t Timeline::number_of(WallTime time) const {
  const auto all = std::chrono::floor<seconds>(time.time_since_epoch()).count();
  const auto number = all / width_.count();
  return number * width_.count() > all ? number - 1 : number;
}

void Timeline::widen() {
  const auto before = std::exchange(width_, next_width(width_));
  const auto old = std::exchange(steps_, {});
  for (const auto& [number, step] : old) add_up(steps_[number_of(WallTime(before * number))], step);
}

}  // namespace gannet::page
