#include "page/chart.hpp"

#include <algorithm>
#include <cmath>

#include "core/text.hpp"
#include "page/words.hpp"

namespace gannet::page {
namespace {

constexpr double height = 100;

std::string_view name_of(Tone tone) {
  switch (tone) {
    case Tone::ok:
      return "ok";
    case Tone::failed:
      return "failed";
    case Tone::skipped:
      return "skipped";
    case Tone::invalid:
      return "invalid";
    case Tone::plain:
      return "plain";
  }
  return "plain";
}

double sum_of(const std::vector<Part>& parts) {
  double sum = 0;
  for (const auto& part : parts) sum += part.value;
  return sum;
}

Html open(double width, double tall, Markup css) {
  Html svg;
  svg << "<svg class=\""_html << css << "\" viewBox=\"0 0 "_html << width << " "_html << tall
      << "\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"_html;
  return svg;
}

Html title(std::string_view told) {
  Html out;
  if (!told.empty()) out << "<title>"_html << told << "</title>"_html;
  return out;
}

void rect(Html& svg, double x, double y, double width, double tall, Tone tone, std::string_view told = {}) {
  svg << "<rect class=\""_html << name_of(tone) << "\" x=\""_html << x << "\" y=\""_html << y << "\" width=\""_html
      << width << "\" height=\""_html << tall << "\">"_html << title(told) << "</rect>"_html;
}

}  // namespace

Html share_bar(const std::vector<Part>& parts) {
  constexpr double width = 1000, gap = 3, least = 4;  // what there is can be seen, however little
  Html svg = open(width, 10, "share"_html);
  const double sum = sum_of(parts);
  double x = 0;
  for (const auto& part : parts) {
    if (part.value <= 0) continue;
    const double wide = std::max(part.value / sum * width, least);
    const double room = std::max(width - x, least);
    rect(svg, x, 0, std::min(wide, room), 10, part.tone, part.told);
    x += wide + gap;
  }
  svg << "</svg>"_html;
  return svg;
}

Html bar(double share, Tone tone) {
  Html svg = open(100, 1, "bar"_html);
  svg << "<rect class=\"ground\" width=\"100\" height=\"1\"/>"_html;
  if (share > 0) rect(svg, 0, 0, std::clamp(share * 100, 0.6, 100.0), 1, tone);
  svg << "</svg>"_html;
  return svg;
}

Html columns(const std::vector<Column>& all, double top) {
  Html svg = open(static_cast<double>(all.size()), height, "columns"_html);
  for (const double y : {0.0, height / 2}) {
    svg << "<line class=\"grid\" x1=\"0\" x2=\""_html << all.size() << "\" y1=\""_html << y << "\" y2=\""_html << y
        << "\"/>"_html;
  }
  const double gap = all.size() > 60 ? 0.08 : 0.12;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto x = static_cast<double>(i);
    svg << "<g>"_html << title(all[i].told) << "<rect class=\"hit\" x=\""_html << x
        << "\" width=\"1\" height=\"100\"/>"_html;
    double y = height;
    for (const auto& part : all[i].parts) {
      if (part.value <= 0 || top <= 0) continue;
      const double tall = std::max(part.value / top * height, 0.7);
      y = std::max(y - tall, 0.0);
      rect(svg, x + gap, y, 1 - 2 * gap, tall, part.tone);
    }
    svg << "</g>"_html;
  }
  svg << "<line class=\"base\" x1=\"0\" x2=\""_html << all.size() << "\" y1=\"100\" y2=\"100\"/></svg>"_html;
  return svg;
}

double round_top(double most) {
  if (!(most > 0)) return 1;
  const double power = std::pow(10, std::floor(std::log10(most)));
  for (const double factor : {1.0, 2.0, 4.0, 5.0, 6.0, 8.0}) {
    if (factor * power >= most) return factor * power;
  }
  return 10 * power;
}

Html track(const Spread& spread, double top) {
  const auto at = [top](std::uint64_t value) {
    return top <= 1 ? 0 : std::log10(std::max(static_cast<double>(value), 1.0)) / std::log10(top) * 1000;
  };
  const auto from_to = [&at](std::uint64_t from, std::uint64_t to) { return std::max(at(to) - at(from), 3.0); };
  Html svg = open(1000, 10, "track"_html);
  for (double decade = 1; decade <= top * 1.001; decade *= 10) {
    const double x = at(static_cast<std::uint64_t>(decade));
    svg << "<line class=\"grid\" x1=\""_html << x << "\" x2=\""_html << x << "\" y1=\"0\" y2=\"10\"/>"_html;
  }
  svg << "<rect class=\"wide\" x=\""_html << at(spread.p5) << "\" y=\"4\" width=\""_html
      << from_to(spread.p5, spread.p95) << "\" height=\"2\"/><rect class=\"plain\" x=\""_html << at(spread.p25)
      << "\" y=\"2.5\" width=\""_html << from_to(spread.p25, spread.p75)
      << "\" height=\"5\"/><rect class=\"median\" x=\""_html << std::max(at(spread.p50) - 2, 0.0)
      << "\" y=\"1\" width=\"4\" height=\"8\"/></svg>"_html;
  return svg;
}

Html& operator<<(Html& out, const Datum& datum) {
  return out << "<data value=\""_html << datum.value << "\">"_html << datum.shown << "</data>"_html;
}

Datum count(std::uint64_t value) { return {value, human_count(value)}; }
Datum bytes(std::uint64_t value) { return {value, human_bytes(value)}; }
Datum time(std::uint64_t milliseconds) { return {milliseconds, short_time(milliseconds)}; }

}  // namespace gannet::page
