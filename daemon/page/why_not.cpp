// Why lines did not end as images: each reason in plain words, how often, and lines it happened to.
#include <algorithm>

#include "core/text.hpp"
#include "page/chart.hpp"
#include "page/sections.hpp"
#include "page/words.hpp"
#include "report/hints.hpp"
#include "report/human.hpp"
#include "report/summary.hpp"

namespace gannet::page {
namespace {

Tone tone_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::ok:
      return Tone::ok;
    case Outcome::failed:
      return Tone::failed;
    case Outcome::skipped:
      return Tone::skipped;
    case Outcome::invalid:
      return Tone::invalid;
  }
  return Tone::plain;
}

Html examples(const std::vector<Example>& shown, std::uint64_t all) {
  Html out;
  out << "<details><summary>"_html << (shown.size() == all ? "Which"_html : "Examples"_html) << "</summary><ul>"_html;
  for (const auto& example : shown) {
    out << "<li><b>line "_html << count(example.line) << "</b> <span class=\"url\">"_html << example.url
        << "</span>"_html;
    if (!example.detail.empty()) out << " <em>"_html << example.detail << "</em>"_html;
    out << "</li>"_html;
  }
  out << "</ul></details>"_html;
  return out;
}

std::string capitalised(std::string_view text) {
  std::string out(text);
  if (!out.empty() && out[0] >= 'a' && out[0] <= 'z') out[0] = static_cast<char>(out[0] - 'a' + 'A');
  return out;
}

// What is between `these` is code.
Html with_code(std::string_view text) {
  Html out;
  for (bool code = false;; code = !code) {
    const auto end = std::min(text.find('`'), text.size());
    if (code) out << "<code>"_html;
    out << text.substr(0, end);
    if (code) out << "</code>"_html;
    if (end == text.size()) return out;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

Html why_not(const Digest& digest) {
  const auto reasons = report::ranked_reasons(digest.totals);
  if (reasons.empty()) return {};
  std::uint64_t all = 0;
  for (const auto& [_, lines] : reasons) all += lines;
  Html out;
  out << "<section id=\"reasons\"><h2>What did not work</h2><p class=\"note\">"_html << count(all) << " of "_html
      << count(digest.totals.lines)
      << " lines did not end as an image. Shares are of these.</p><div class=\"reasons\">"_html;
  for (const auto& [reason, lines] : reasons) {
    const auto tone = tone_of(outcome_of(reason));
    out << "<article id=\"reason-"_html << to_string(reason) << "\"><h3><code>"_html << to_string(reason)
        << "</code><span><b>"_html << count(lines) << (lines == 1 ? " line"_html : " lines"_html) << "</b> "_html
        << report::human_percent(lines, all) << "</span></h3>"_html
        << bar(static_cast<double>(lines) / static_cast<double>(all), tone) << "<p>"_html
        << capitalised(explain(reason)) << ".</p><p class=\"hint\">"_html
        << with_code(capitalised(report::hint_for(reason))) << ".</p>"_html
        << examples(digest.examples[static_cast<std::size_t>(reason)], lines) << "</article>"_html;
  }
  out << "</div></section>"_html;
  return out;
}

}  // namespace gannet::page
