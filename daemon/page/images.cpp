// What the images are like: formats, bytes, pixels.
#include <algorithm>
#include <cmath>

#include "core/text.hpp"
#include "page/chart.hpp"
#include "page/sections.hpp"
#include "page/words.hpp"
#include "report/human.hpp"

namespace gannet::page {
namespace {

Html formats(const Digest& digest) {
  Html out;
  out << "<div class=\"panel\" id=\"formats\"><h3>Formats</h3><table class=\"bars\"><tbody>"_html;
  for (const auto& entry : digest.formats.ranked()) {
    out << "<tr><th>"_html << entry.name << "</th><td class=\"bar-cell\">"_html
        << bar(static_cast<double>(entry.count) / static_cast<double>(digest.files), Tone::plain) << "</td><td>"_html
        << count(entry.count) << (entry.count == 1 ? " image"_html : " images"_html) << "</td><td>"_html
        << bytes(entry.bytes) << "</td></tr>"_html;
  }
  out << "</tbody></table></div>"_html;
  return out;
}

std::string edge(std::uint64_t bytes) { return round_bytes(static_cast<double>(bytes)); }

Html file_sizes(const Digest& digest) {
  const auto steps = digest.sizes.bytes();
  std::vector<Column> drawn;
  std::uint64_t most = 0;
  for (const auto& step : steps) {
    most = std::max(most, step.count);
    drawn.push_back({{{static_cast<double>(step.count), Tone::plain}},
                     (step.to == 0 ? edge(step.from) + " or more: " : edge(step.from) + " to " + edge(step.to) + ": ") +
                         human_count(step.count) + (step.count == 1 ? " image" : " images")});
  }
  const double top = round_top(static_cast<double>(std::max<std::uint64_t>(most, 2)));
  const auto& spread = digest.bytes;
  Html out;
  out << "<div class=\"panel\" id=\"file-sizes\"><h3>File sizes</h3><p class=\"note\">Half are between "_html
      << bytes(spread.percentile(250)) << " and "_html << bytes(spread.percentile(750)) << "; the median is "_html
      << bytes(spread.percentile(500)) << ", the smallest "_html << bytes(spread.least()) << ", the largest "_html
      << bytes(spread.most()) << ".</p><figure><div class=\"plot low\"><div class=\"scale\"><span>"_html
      << round_number(top) << "</span><span>"_html << round_number(top / 2) << "</span><span>0</span></div>"_html
      << columns(drawn, top) << "</div><div class=\"ticks\">"_html;
  const auto last = steps.back().to == 0 ? edge(steps.back().from) + " +" : edge(steps.back().to);
  out << "<span>"_html << edge(steps.front().from) << "</span><span>images by size</span><span>"_html << last
      << "</span></div></figure></div>"_html;
  return out;
}

struct Range {
  std::size_t from = ImageSizes::pixel_steps, to = 0;

  void take(std::size_t step) {
    from = std::min(from, step);
    to = std::max(to, step + 1);
  }
};

std::string step_name(std::size_t step) {
  const auto from = std::to_string(ImageSizes::pixel_edge(step));
  if (step + 1 == ImageSizes::pixel_steps) return from + " or more";
  return from + " to " + std::to_string(ImageSizes::pixel_edge(step + 1) - 1);
}

// Wide images are to the right, high ones on top; the darker a cell, the more there are, by their logarithm.
Html cells(const ImageSizes& sizes, const Range& range, std::uint64_t most) {
  const std::size_t side = range.to - range.from;
  Html out;
  out << "<svg class=\"cells\" viewBox=\"0 0 "_html << side << " "_html << side
      << "\" aria-hidden=\"true\"><rect class=\"ground\" width=\""_html << side << "\" height=\""_html << side
      << "\"/><line class=\"grid\" x1=\"0\" x2=\""_html << side << "\" y1=\""_html << side << "\" y2=\"0\"/>"_html;
  for (std::size_t wide = range.from; wide < range.to; ++wide) {
    for (std::size_t high = range.from; high < range.to; ++high) {
      const auto many = sizes.pixels(wide, high);
      if (many == 0) continue;
      const double dark =
          0.25 + 0.75 * std::log(static_cast<double>(many)) / std::max(std::log(static_cast<double>(most)), 0.1);
      out << "<rect class=\"plain\" x=\""_html << static_cast<double>(wide - range.from) + 0.05 << "\" y=\""_html
          << static_cast<double>(range.to - 1 - high) + 0.05
          << "\" width=\".9\" height=\".9\" rx=\".12\" fill-opacity=\""_html << std::min(dark, 1.0) << "\"><title>"_html
          << step_name(wide) + " px wide, " + step_name(high) + " px high: " + human_count(many) +
                 (many == 1 ? " image" : " images")
          << "</title></rect>"_html;
    }
  }
  out << "</svg>"_html;
  return out;
}

Html dimensions(const Digest& digest) {
  const auto& sizes = digest.sizes;
  if (digest.width.count() == 0) return {};
  Range range;
  std::uint64_t most = 0;
  for (std::size_t wide = 0; wide < ImageSizes::pixel_steps; ++wide) {
    for (std::size_t high = 0; high < ImageSizes::pixel_steps; ++high) {
      if (sizes.pixels(wide, high) == 0) continue;
      range.take(wide), range.take(high);
      most = std::max(most, sizes.pixels(wide, high));
    }
  }
  range.from -= range.from > 0 ? 1 : 0;
  range.to += range.to < ImageSizes::pixel_steps ? 1 : 0;
  const auto edge_name = [](std::size_t step) { return human_count(ImageSizes::pixel_edge(step)); };
  Html out;
  out << "<div class=\"panel\" id=\"dimensions\"><h3>Dimensions</h3><p class=\"note\">Median "_html
      << count(digest.width.percentile(500)) << " px wide and "_html << count(digest.height.percentile(500))
      << " px high; "_html << count(sizes.landscape()) << " landscape, "_html << count(sizes.portrait())
      << " portrait, "_html << count(sizes.square()) << " square. The largest sides are "_html
      << count(digest.width.most()) << " px and "_html << count(digest.height.most())
      << " px.</p><div class=\"map\"><div class=\"scale\"><span>"_html;
  const auto last = range.to == ImageSizes::pixel_steps ? edge_name(range.to - 1) + " +" : edge_name(range.to);
  out << last << "</span><span>px high</span><span>"_html << edge_name(range.from) << "</span></div>"_html
      << cells(sizes, range, most) << "<div class=\"ticks\"><span>"_html << edge_name(range.from)
      << "</span><span>px wide</span><span>"_html << last << "</span></div></div></div>"_html;
  return out;
}

}  // namespace

Html images(const Digest& digest) {
  if (digest.files == 0) return {};
  Html out;
  out << "<section id=\"images\"><h2>The images</h2>"_html;
  if (digest.shared > 0) {
    out << "<p class=\"note\">"_html << count(digest.files) << " files; another "_html << count(digest.shared)
        << (digest.shared == 1 ? " line has" : " lines have")
        << " the file of another line or of an earlier fetch, and counts only there.</p>"_html;
  }
  out << "<div class=\"panels three\">"_html << file_sizes(digest) << dimensions(digest) << formats(digest)
      << "</div></section>"_html;
  return out;
}

}  // namespace gannet::page
