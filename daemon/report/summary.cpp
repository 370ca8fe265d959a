#include "report/summary.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <cstdio>

#include "core/text.hpp"
#include "report/human.hpp"
#include "report/plain_json.hpp"
#include "report/totals_json.hpp"

namespace gannet::report {
namespace {

namespace json = boost::json;

double per_second(std::uint64_t count, double duration) {
  return duration > 0 ? static_cast<double>(count) / duration : 0;
}

std::string row(std::string_view indent, std::string_view name, std::uint64_t count, std::uint64_t all) {
  constexpr std::size_t name_columns = 24;
  std::string out(indent);
  out += name;
  out.resize(std::max(out.size() + 1, name_columns), ' ');
  char numbers[64];
  std::snprintf(numbers, sizeof numbers, "%13s %9s\n", human_count(count).c_str(), human_percent(count, all).c_str());
  return out + numbers;
}

}  // namespace

std::vector<std::pair<Reason, std::uint64_t>> ranked_reasons(const Totals& totals) {
  std::vector<std::pair<Reason, std::uint64_t>> reasons;
  for (std::size_t i = 1; i < reason_count; ++i) {
    if (totals.by_reason[i] > 0) reasons.emplace_back(static_cast<Reason>(i), totals.by_reason[i]);
  }
  std::ranges::stable_sort(reasons, std::greater{}, &std::pair<Reason, std::uint64_t>::second);
  return reasons;
}

std::string summary_json(const Job& job, const Totals& totals, WallTime finished) {
  // The wall clock may have been set back meanwhile.
  const double duration = std::max(std::chrono::duration<double>(finished - job.claimed).count(), 0.0);
  json::object out{{"job", to_valid_utf8(job.id)},      {"source", to_valid_utf8(job.source)},
                   {"priority", name_of(job.priority)}, {"claimed", to_rfc3339(job.claimed)},
                   {"finished", to_rfc3339(finished)},  {"seconds", duration}};
  if (!job.list_state.empty()) out["list_state"] = job.list_state;
  for (auto& member : totals_json(totals)) out.insert(member);
  out["records_per_second"] = per_second(totals.lines, duration);
  return plain_json(std::move(out)) + '\n';
}

Result<Summary> parse_summary(std::string_view text) {
  boost::system::error_code error;
  const json::value document = json::parse(text, error);
  const auto* object = error ? nullptr : document.if_object();
  if (!object) return Fault{Reason::disk_error, "not a summary: no JSON object"};
  const auto word = [object](std::string_view name) {
    const auto* value = object->if_contains(name);
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
  };
  Summary summary;
  summary.job = word("job");
  if (summary.job.empty()) return Fault{Reason::disk_error, "not a summary: no job"};
  summary.claimed = parse_rfc3339(word("claimed")).value_or(WallTime{});
  summary.finished = parse_rfc3339(word("finished")).value_or(WallTime{});
  if (const auto* seconds = object->if_contains("seconds"); seconds && seconds->is_number()) {
    const auto value = seconds->to_number<double>();
    if (std::isfinite(value)) summary.seconds = std::clamp(value, 0.0, 1e9);
  }
  summary.totals = parse_totals(*object);
  return summary;
}

Result<std::string> ended_line(std::string_view summary, const std::filesystem::path& folder,
                               const std::string& broken) {
  boost::system::error_code error;
  summary = trim(summary);
  const json::value document = json::parse(summary, error);
  if (error || !document.is_object() || document.get_object().empty() || summary.find('\n') != summary.npos) {
    return Fault{Reason::disk_error, "its summary.json is damaged"};
  }
  json::object out{{"state", broken.empty() ? "done" : "failed"}, {"folder", to_valid_utf8(folder.string())}};
  if (!broken.empty()) out["reason"] = to_valid_utf8(broken);
  std::string line = plain_json(std::move(out));
  line.back() = ',';
  return line.append(summary.substr(1)) + '\n';  // as it stands there: numbers written anew may differ in a digit
}

std::string summary_text(std::string_view job_id, const Totals& totals, seconds duration) {
  const auto rate = per_second(totals.lines, static_cast<double>(duration.count()));
  std::string out = printable(job_id) + "\n  " + human_count(totals.lines) + " lines in " + human_duration(duration);
  if (rate > 0) out += ", " + human_count(whole(rate)) + "/s";
  out += '\n';
  for (const auto outcome : {Outcome::ok, Outcome::failed, Outcome::skipped, Outcome::invalid}) {
    const auto count = totals.of(outcome);
    if (count > 0 || outcome == Outcome::ok) out += row("  ", to_string(outcome), count, totals.lines);
  }
  const auto reasons = ranked_reasons(totals);
  if (!reasons.empty()) out += "  why not:\n";
  for (const auto& [reason, count] : reasons) out += row("    ", to_string(reason), count, totals.lines);
  if (const auto stored = totals.of(Outcome::ok); stored > 0) {
    out += "  stored " + human_bytes(totals.bytes) + ", " + human_bytes(totals.bytes / stored) + " an image\n";
  }
  return out;
}

}  // namespace gannet::report
