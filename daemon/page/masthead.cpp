// What a reader wants to know first: did it work, how much, how fast.
#include <algorithm>

#include "core/text.hpp"
#include "page/chart.hpp"
#include "page/sections.hpp"
#include "page/words.hpp"
#include "report/human.hpp"

namespace gannet::page {
namespace {

std::string_view word_of(JobFacts::State state) {
  switch (state) {
    case JobFacts::State::running:
      return "running";
    case JobFacts::State::done:
      return "done";
    case JobFacts::State::broken:
      return "list broken";
  }
  return "done";
}

struct Kind {
  Outcome outcome;
  Tone tone;
  std::string_view meaning;
};

constexpr Kind kinds[] = {{Outcome::ok, Tone::ok, "fetched and stored"},
                          {Outcome::failed, Tone::failed, "tried in vain"},
                          {Outcome::skipped, Tone::skipped, "a rule said no"},
                          {Outcome::invalid, Tone::invalid, "not a URL to fetch"}};

Html outcomes(const Totals& totals) {
  std::vector<Part> parts;
  for (const auto& kind : kinds) {
    const auto lines = totals.of(kind.outcome);
    parts.push_back({static_cast<double>(lines), kind.tone,
                     human_count(lines) + ' ' + std::string(to_string(kind.outcome)) + ", " +
                         report::human_percent(lines, totals.lines)});
  }
  Html out;
  out << "<div class=\"outcomes\">"_html << share_bar(parts) << "<ul class=\"legend\">"_html;
  for (const auto& kind : kinds) {
    const auto lines = totals.of(kind.outcome);
    out << "<li id=\"outcome-"_html << to_string(kind.outcome) << "\""_html;
    if (lines == 0) out << " class=\"none\""_html;
    out << "><i class=\""_html << to_string(kind.outcome) << "\"></i><b>"_html << count(lines) << " "_html
        << to_string(kind.outcome) << "</b> <span>"_html << report::human_percent(lines, totals.lines) << ", "_html
        << kind.meaning << "</span></li>"_html;
  }
  out << "</ul></div>"_html;
  return out;
}

void figure(Html& out, Markup id, const Datum& datum, std::string_view unit) {
  out << "<li id=\""_html << id << "\"><b>"_html << datum << "</b><span>"_html << unit << "</span></li>"_html;
}

Html figures(const JobFacts& job, const Digest& digest) {
  const auto took = duration_of(job, digest);
  const double took_seconds = std::max(static_cast<double>(took.count()) / 1000, 0.001);
  const auto per_second = [took_seconds](std::uint64_t value) { return static_cast<double>(value) / took_seconds; };
  const auto took_ms = static_cast<std::uint64_t>(took.count());
  Html out;
  out << "<ul class=\"figures\">"_html;
  figure(out, "stored"_html, bytes(digest.totals.bytes),
         "in " + human_count(digest.files) + (digest.files == 1 ? " file" : " files"));
  figure(out, "took"_html, time(took_ms), "from claim to last record");
  const double rate = per_second(digest.totals.lines);
  figure(out, "rate"_html, {report::whole(rate), short_rate(rate)}, "lines a second, mean");
  const auto byte_rate = report::whole(per_second(digest.totals.bytes));
  figure(out, "byte-rate"_html, {byte_rate, human_bytes(byte_rate)}, "stored a second, mean");
  if (digest.phases.total.count() > 0) {
    figure(out, "median"_html, time(digest.phases.total.percentile(500)), "for a fetch, median");
  }
  const std::string hosts = human_count(digest.hosts.size());
  figure(out, "host-count"_html,
         {digest.hosts.size(), digest.hosts.complete() ? hosts : "> " + human_count(digest.hosts.most())},
         digest.hosts.size() == 1 ? "host" : "hosts");
  out << "</ul>"_html;
  return out;
}

}  // namespace

Html masthead(const JobFacts& job, const Digest& digest) {
  Html out;
  out << "<header><p class=\"brand\">gannet <span class=\"state "_html
      << (job.state == JobFacts::State::done      ? "ok"_html
          : job.state == JobFacts::State::running ? "plain"_html
                                                  : "failed"_html)
      << "\">"_html << word_of(job.state) << "</span></p><h1>"_html << (job.source.empty() ? job.id : job.source)
      << "</h1><p class=\"lead\" id=\"sentence\">"_html << together(sentence(job, digest)) << "</p>"_html;
  if (!job.trouble.empty()) {
    out << "<p class=\"trouble\"><b>The list could not be read to its end.</b> "_html << job.trouble << "</p>"_html;
  }
  if (job.damaged > 0) {
    out << "<p class=\"trouble\"><b>"_html << human_count(job.damaged)
        << (job.damaged == 1 ? " line of the journal is no record"_html : " lines of the journal are no records"_html)
        << "</b> and not counted here; <code>gannet verify "_html << job.id << "</code> says which.</p>"_html;
  }
  if (digest.totals.lines > 0) out << outcomes(digest.totals) << figures(job, digest);
  out << "</header>"_html;
  return out;
}

}  // namespace gannet::page
