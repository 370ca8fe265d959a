// How long each phase of a fetch took.
#include <algorithm>
#include <cmath>

#include "page/chart.hpp"
#include "page/sections.hpp"
#include "page/words.hpp"

namespace gannet::page {
namespace {

struct Phase {
  Markup id;
  std::string_view name;
  std::string_view meaning;
  const Distribution& spread;
};

std::string scale_name(double ms) { return ms < 1000 ? round_number(ms) + " ms" : round_number(ms / 1000) + " s"; }

void row(Html& out, const Phase& phase, double top) {
  const auto& spread = phase.spread;
  if (spread.count() == 0) return;
  const auto at = [&spread](unsigned per_mille) { return spread.percentile(per_mille); };
  out << "<tr id=\"phase-"_html << phase.id << "\"><th>"_html << phase.name << " <span>"_html << phase.meaning
      << "</span></th><td class=\"track-cell\">"_html << track({at(50), at(250), at(500), at(750), at(950)}, top)
      << "</td>"_html;
  const std::pair<std::string_view, std::uint64_t> numbers[] = {
      {"median", at(500)}, {"90 %", at(900)}, {"99 %", at(990)}, {"longest", spread.most()}};
  for (const auto& [name, value] : numbers) {
    out << "<td data-name=\""_html << name << "\">"_html << time(value) << "</td>"_html;
  }
  out << "<td data-name=\"lines\">"_html << count(spread.count()) << "</td></tr>"_html;
}

}  // namespace

Html latency(const Digest& digest) {
  const auto& phases = digest.phases;
  if (phases.total.count() == 0) return {};
  const Phase all[] = {{"queue"_html, "Queue", "read, to its turn", phases.queue},
                       {"dns"_html, "DNS", "name to address", phases.dns},
                       {"connect"_html, "Connect", "TCP", phases.connect},
                       {"tls"_html, "TLS", "handshake", phases.tls},
                       {"first_byte"_html, "First byte", "asked, to an answer", phases.first_byte},
                       {"body"_html, "Body", "the rest of it", phases.body},
                       {"total"_html, "Whole fetch", "without the queue", phases.total},
                       {"decode"_html, "Decode", "in a worker", phases.decode}};
  std::uint64_t most = 10;
  for (const auto& phase : all) most = std::max(most, phase.spread.percentile(950));
  const double top = std::pow(10, std::ceil(std::log10(static_cast<double>(most))));
  Html out;
  out << "<section id=\"latency\"><h2>How long it took</h2><p class=\"note\">Of the last attempt at each line. Half of "
         "them took no longer than the median, 90 % no longer than the number beside it. Bars are the middle half, "
         "thin "
         "lines all but the fastest and slowest 5 %, on a logarithmic scale from 1 ms to "_html
      << scale_name(top) << ".</p><table class=\"latency\"><thead><tr><th>phase</th><th><div class=\"ticks\">"_html;
  for (double decade = 1; decade <= top * 1.001; decade *= 10)
    out << "<span>"_html << scale_name(decade) << "</span>"_html;
  out << "</div></th><th>median</th><th>90 %</th><th>99 %</th><th>longest</th><th>lines</th></tr></thead><tbody>"_html;
  for (const auto& phase : all) row(out, phase, top);
  out << "</tbody></table></section>"_html;
  return out;
}

}  // namespace gannet::page
