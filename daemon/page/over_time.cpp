// When lines ended, and how many bytes came with them.
#include <algorithm>

#include "core/text.hpp"
#include "page/chart.hpp"
#include "page/sections.hpp"
#include "page/words.hpp"
#include "report/human.hpp"

namespace gannet::page {
namespace {

constexpr std::size_t most_ticks = 5;
constexpr std::size_t least_steps = 20;  // of fewer, columns would be blocks

std::string clock(WallTime time, bool with_day) {
  const std::string text = long_date(time);
  const auto comma = text.find(',');
  const std::string hours = text.substr(comma + 2, 8);
  return with_day ? text.substr(0, comma - 5) + ' ' + hours.substr(0, 5) : hours;
}

Html time_ticks(const Timeline& timeline, std::size_t steps, bool with_day) {
  Html out;
  out << "<div class=\"ticks\">"_html;
  for (std::size_t i = 0; i < most_ticks; ++i) {
    const auto at = timeline.start() + timeline.width() * static_cast<std::int64_t>(steps) * static_cast<int>(i) /
                                           static_cast<int>(most_ticks - 1);
    out << "<span>"_html << clock(at, with_day) << "</span>"_html;
  }
  out << "</div>"_html;
  return out;
}

struct Chart {
  std::string_view title;
  std::string_view unit;
  std::string most;
  std::string top, middle;
  Html drawn;
};

Html draw(const Chart& chart, const Html& ticks) {
  Html out;
  out << "<figure><figcaption><b>"_html << chart.title << "</b> "_html << chart.unit << "<span>"_html << chart.most
      << "</span></figcaption><div class=\"plot\"><div class=\"scale\"><span>"_html << chart.top << "</span><span>"_html
      << chart.middle << "</span><span>0</span></div>"_html << chart.drawn << "</div>"_html << ticks
      << "</figure>"_html;
  return out;
}

std::string told(const Timeline& timeline, std::size_t i, const Timeline::Step& step, bool with_day) {
  const auto from = timeline.start() + timeline.width() * static_cast<std::int64_t>(i);
  std::string text = clock(from, with_day) + " + " + step_name(timeline.width()) + ": ";
  for (const auto outcome : {Outcome::ok, Outcome::failed, Outcome::skipped, Outcome::invalid}) {
    if (step.of(outcome) > 0 || outcome == Outcome::ok)
      text += human_count(step.of(outcome)) + ' ' + std::string(to_string(outcome)) + ", ";
  }
  return text + human_bytes(step.bytes) + " stored";
}

}  // namespace

Html over_time(const Digest& digest) {
  const auto& timeline = digest.timeline;
  auto steps = timeline.steps();
  if (steps.empty()) return {};
  steps.resize(std::max(steps.size(), least_steps));
  const auto width = static_cast<double>(timeline.width().count());
  const auto covered = timeline.width() * static_cast<std::int64_t>(steps.size());
  const bool with_day = covered >= std::chrono::hours(12);
  std::vector<Column> lines, stored;
  std::size_t most_lines = 0, most_bytes = 0;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto& step = steps[i];
    const std::string tells = told(timeline, i, step, with_day);
    const auto rate = [width](std::uint64_t value) { return static_cast<double>(value) / width; };
    lines.push_back({{{rate(step.of(Outcome::failed)), Tone::failed},
                      {rate(step.of(Outcome::skipped)), Tone::skipped},
                      {rate(step.of(Outcome::invalid)), Tone::invalid},
                      {rate(step.of(Outcome::ok)), Tone::ok}},
                     tells});
    stored.push_back({{{rate(step.bytes), Tone::plain}}, tells});
    if (step.lines() > steps[most_lines].lines()) most_lines = i;
    if (step.bytes > steps[most_bytes].bytes) most_bytes = i;
  }
  const auto when = [&](std::size_t i) {
    return clock(timeline.start() + timeline.width() * static_cast<std::int64_t>(i), with_day);
  };
  const double peak = static_cast<double>(steps[most_lines].lines()) / width;
  const double byte_peak = static_cast<double>(steps[most_bytes].bytes) / width;
  const double top = round_top(peak), byte_top = round_top(byte_peak);
  const Html ticks = time_ticks(timeline, steps.size(), with_day);
  Html out;
  out << "<section id=\"time\"><h2>Over time</h2><p class=\"note\">Each column is "_html << step_name(timeline.width())
      << "; times are UTC. Failures are at the foot of a column.</p>"_html;
  out << draw({"Lines ended", "a second", "at most " + short_rate(peak) + " a second, at " + when(most_lines),
               round_number(top), round_number(top / 2), columns(lines, top)},
              ticks);
  if (digest.totals.bytes > 0) {
    out << draw({"Stored", "bytes a second",
                 "at most " + human_bytes(report::whole(byte_peak)) + " a second, at " + when(most_bytes),
                 round_bytes(byte_top), round_bytes(byte_top / 2), columns(stored, byte_top)},
                ticks);
  }
  out << "</section>"_html;
  return out;
}

}  // namespace gannet::page
