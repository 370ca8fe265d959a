// Which hosts failed most, which were slow, which had most lines.
#include <algorithm>

#include "core/text.hpp"
#include "page/chart.hpp"
#include "page/sections.hpp"
#include "report/human.hpp"

namespace gannet::page {
namespace {

constexpr std::size_t most_rows = 10;
constexpr std::uint64_t enough_images = 10;  // for a mean to say something

void head(Html& out, Markup id, std::string_view title, std::string_view note,
          const std::vector<std::string_view>& names) {
  out << "<div class=\"panel\" id=\""_html << id << "\"><h3>"_html << title << "</h3><p class=\"note\">"_html << note
      << "</p><table class=\"hosts\"><thead><tr><th>host</th>"_html;
  for (const auto name : names) out << "<th>"_html << name << "</th>"_html;
  out << "</tr></thead><tbody>"_html;
}

template <class Value>
void cell(Html& out, std::string_view name, const Value& value) {
  out << "<td data-name=\""_html << name << "\">"_html << value << "</td>"_html;
}

void host(Html& out, const NamedHost& named) {
  // A long name is broken at its dots.
  out << "<tr><th>"_html;
  const std::string origin = on_one_line(named.origin, 120);
  for (std::size_t at = 0, dot = 0; at < origin.size(); at = dot) {
    dot = std::min(origin.find('.', at + 1), origin.size());
    out << (at == 0 ? ""_html : "<wbr>"_html) << std::string_view(origin).substr(at, dot - at);
  }
  out << "</th>"_html;
}

Html worst(const std::vector<NamedHost>& rows, std::string_view exactness) {
  Html out;
  if (rows.empty()) return out;
  head(out, "worst"_html, "Most failures", "Lines that failed, by the host in the list." + std::string(exactness),
       {"failed", "share", "mostly"});
  for (const auto& row : rows) {
    host(out, row);
    cell(out, "failed", count(row.counts.failed));
    cell(out, "share", report::human_percent(row.counts.failed, row.counts.lines));
    cell(out, "mostly", to_string(row.counts.main_reason()));
    out << "</tr>"_html;
  }
  out << "</tbody></table></div>"_html;
  return out;
}

Html slowest(const std::vector<NamedHost>& rows, std::uint64_t least) {
  Html out;
  if (rows.empty()) return out;
  const std::string which = least > 1 ? " Hosts with " + std::to_string(least) + " images or more." : std::string();
  head(out, "slowest"_html, "Slowest", "Time for an image, redirects included, without the queue." + which,
       {"mean", "first byte", "longest", "images"});
  for (const auto& row : rows) {
    host(out, row);
    cell(out, "mean", time(row.counts.mean_ms()));
    cell(out, "first byte", time(row.counts.mean_first_byte_ms()));
    cell(out, "longest", time(row.counts.longest_ms));
    cell(out, "images", count(row.counts.fetched));
    out << "</tr>"_html;
  }
  out << "</tbody></table></div>"_html;
  return out;
}

Html largest(const std::vector<NamedHost>& rows, std::string_view exactness) {
  Html out;
  if (rows.empty()) return out;
  head(out, "largest"_html, "Most lines", "Lines by the host in the list." + std::string(exactness),
       {"lines", "ok", "failed", "mean", "stored"});
  for (const auto& row : rows) {
    host(out, row);
    cell(out, "lines", count(row.counts.lines));
    cell(out, "ok", report::human_percent(row.counts.ok, row.counts.lines));
    cell(out, "failed", count(row.counts.failed));
    cell(out, "mean", row.counts.fetched == 0 ? Datum{0, "none"} : time(row.counts.mean_ms()));
    cell(out, "stored", bytes(row.counts.bytes));
    out << "</tr>"_html;
  }
  out << "</tbody></table></div>"_html;
  return out;
}

}  // namespace

Html hosts(const Digest& digest) {
  const auto& table = digest.hosts;
  if (table.size() == 0) return {};
  std::uint64_t least = enough_images;
  auto slow = table.slowest(most_rows, least);
  if (slow.size() < 3) slow = table.slowest(most_rows, least = 1);
  const std::string exactness =
      table.complete()
          ? std::string()
          : " There are more than " + human_count(table.most()) +
                " hosts, of which those with few lines were left out; these numbers are the least there are.";
  Html out;
  out << "<section id=\"hosts\"><h2>Hosts</h2><div class=\"panels\">"_html << worst(table.worst(most_rows), exactness)
      << slowest(slow, least) << largest(table.largest(most_rows), exactness) << "</div></section>"_html;
  return out;
}

}  // namespace gannet::page
