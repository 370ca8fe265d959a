// How the answers came: statuses, protocols, connections, tries.
#include "core/text.hpp"
#include "page/chart.hpp"
#include "page/sections.hpp"
#include "report/human.hpp"

namespace gannet::page {
namespace {

Html panel(Markup id, std::string_view title, const Tally& tally, std::string_view unit,
           Tone (*tone)(std::string_view)) {
  Html out;
  const auto all = tally.count();
  if (all == 0) return out;
  out << "<div class=\"panel\" id=\""_html << id << "\"><h3>"_html << title
      << "</h3><table class=\"bars\"><tbody>"_html;
  for (const auto& entry : tally.ranked()) {
    out << "<tr><th>"_html << entry.name << unit << "</th><td class=\"bar-cell\">"_html
        << bar(static_cast<double>(entry.count) / static_cast<double>(all), tone(entry.name)) << "</td><td>"_html
        << count(entry.count) << (entry.count == 1 ? " line" : " lines") << "</td><td>"_html
        << report::human_percent(entry.count, all) << "</td></tr>"_html;
  }
  out << "</tbody></table></div>"_html;
  return out;
}

Tone plain(std::string_view) { return Tone::plain; }
Tone of_status(std::string_view status) {
  return status.starts_with('2') || status.starts_with('3') ? Tone::ok : Tone::failed;
}

}  // namespace

Html answers(const Digest& digest) {
  if (digest.attempts.count() == 0) return {};
  Html out;
  out << "<section id=\"answers\"><h2>The answers</h2>"_html;
  if (digest.answers > 0) {
    out << "<p class=\"note\" id=\"reuse\">"_html << count(digest.answers) << " lines got an answer; "_html
        << count(digest.reused) << " of them ("_html << report::human_percent(digest.reused, digest.answers)
        << ") over a connection that had served another request.</p>"_html;
  }
  out << "<div class=\"panels three\">"_html
      << panel("statuses"_html, "Status of the last answer", digest.statuses, "", of_status)
      << panel("protocols"_html, "Protocol", digest.protocols, "", plain)
      << panel("tries"_html, "Tries a line took", digest.attempts, "", plain) << "</div></section>"_html;
  return out;
}

}  // namespace gannet::page
