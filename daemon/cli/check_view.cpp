#include "cli/check_view.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>

#include "core/text.hpp"
#include "report/human.hpp"

namespace gannet::cli {
namespace {

namespace json = boost::json;

using report::printable;

constexpr std::size_t columns = 80;

std::string line(const std::string& text) { return report::shortened(text, columns) + '\n'; }

std::string padded(std::string text, std::size_t width) {
  const std::size_t has = report::width(text);
  if (has < width) text.append(width - has, ' ');
  return text;
}

std::string right(const std::string& text, std::size_t width) {
  const std::size_t has = report::width(text);
  return std::string(width - std::min(width, has), ' ') + text;
}

std::string total(const std::string& name, const std::string& value, const std::string& remark = {}) {
  return line(padded(name, 12) + right(value, 14) + (remark.empty() ? "" : "  " + remark));
}

std::string counted(const Count& count) { return (count.exact ? "" : "~") + human_count(count.value); }

std::string duration(double at_least) {
  return at_least < 1 ? "1 s" : report::human_duration(seconds(report::whole(std::ceil(at_least))));
}

// The end of a path says more than its start.
std::string name_of(const SurveyedList& list) { return printable(list.path.substr(list.path.rfind('/') + 1)); }

std::string list_lines(const Findings& found) {
  if (found.lists.size() == 1 && !found.some_unread()) return {};
  std::string out;
  for (const auto& list : found.lists) {
    out += line(padded(report::shortened(name_of(list), 30), 31) + right(human_count(list.lines), 14) + " lines  " +
                (list.invalid > 0 ? human_count(list.invalid) + " invalid" : ""));
    if (!list.broken.empty()) out += "  NOT READ TO ITS END: " + printable(list.broken) + '\n';
  }
  return out + '\n';
}

std::string invalid_lines(const Findings& found) {
  std::string out = total("invalid", human_count(found.invalid), report::human_percent(found.invalid, found.lines));
  for (std::size_t i = 0; i < found.reasons.size(); ++i) {
    if (found.reasons[i] == 0) continue;
    out += line(right(human_count(found.reasons[i]), 26) + "  " + std::string(to_string(static_cast<Reason>(i))));
  }
  for (const BadLine& bad : found.bad_lines) {
    const std::string where = found.lists.size() > 1 ? name_of(found.lists[bad.list]) + ' ' : "";
    const std::string why = bad.why.empty() ? std::string(to_string(bad.reason)) : printable(bad.why);
    out += line("  " + where + "line " + std::to_string(bad.line) + ": " + why + ": " + printable(bad.text));
  }
  return out;
}

std::string host_line(const HostLoad& host) {
  constexpr std::size_t for_name = 36;
  return line("  " + padded(report::shortened(printable(host.origin), for_name), for_name) +
              right(human_count(host.lines), 12) + right(duration(host.seconds), 13) + "  " + host.why);
}

std::string hosts_of(const std::string& title, const std::vector<HostLoad>& hosts) {
  if (hosts.empty()) return {};
  std::string out = '\n' + line(padded(title, 38) + right("lines", 12) + right("at least", 13));
  for (const auto& host : hosts) out += host_line(host);
  return out;
}

bool same_hosts(const std::vector<HostLoad>& a, const std::vector<HostLoad>& b) {
  return std::ranges::equal(a, b, {}, &HostLoad::origin, &HostLoad::origin);
}

std::string time_lines(const Findings& found) {
  if (found.lines == found.invalid) return {};
  std::string out = '\n' + line("time          at least " + duration(found.seconds));
  if (!found.limit.empty()) {
    out += line("  decided by  " + found.limit);
  } else if (!found.slowest.empty()) {
    const HostLoad& host = found.slowest.front();
    out += line("  decided by  " + printable(host.origin) + ", " + host.why);
  }
  const Assumptions& assumed = found.assumptions;
  out += line("  assumed     " + std::to_string(assumed.latency.count()) + " ms an answer, " +
              human_bytes(assumed.size) + " a picture");
  return out + line("  not counted failures, retries, parked hosts, this machine's own speed");
}

json::array to_json(const std::vector<HostLoad>& hosts) {
  json::array out;
  for (const HostLoad& host : hosts) {
    out.push_back(
        {{"origin", host.origin}, {"lines", host.lines}, {"at_least_seconds", host.seconds}, {"limit", host.why}});
  }
  return out;
}

json::object to_json(const Count& count) { return {{"count", count.value}, {"exact", count.exact}}; }

}  // namespace

std::string check_view(const Findings& found) {
  std::string out = list_lines(found) + total("lines", human_count(found.lines));
  if (found.lines == 0) return out;
  out += invalid_lines(found);
  out += total("duplicates", counted(found.duplicates), "the URL of another line, in whatever spelling");
  out += total("hosts", counted(found.hosts));
  out += hosts_of("largest hosts", found.largest);
  if (!same_hosts(found.largest, found.slowest)) out += hosts_of("slowest hosts", found.slowest);
  return out + time_lines(found);
}

std::string check_json(const Findings& found) {
  json::array lists, bad_lines;
  for (const auto& list : found.lists) {
    json::object one{{"path", to_valid_utf8(list.path)}, {"lines", list.lines}, {"invalid", list.invalid}};
    if (!list.broken.empty()) one["broken"] = to_valid_utf8(list.broken);
    lists.push_back(std::move(one));
  }
  for (const BadLine& bad : found.bad_lines) {
    bad_lines.push_back({{"list", to_valid_utf8(found.lists[bad.list].path)},
                         {"line", bad.line},
                         {"reason", to_string(bad.reason)},
                         {"detail", to_valid_utf8(bad.why)},
                         {"text", bad.text}});
  }
  json::object reasons;
  for (std::size_t i = 0; i < found.reasons.size(); ++i) {
    if (found.reasons[i] > 0) reasons[to_string(static_cast<Reason>(i))] = found.reasons[i];
  }
  json::object time{{"at_least_seconds", found.seconds},
                    {"assumed_latency_ms", found.assumptions.latency.count()},
                    {"assumed_bytes", found.assumptions.size}};
  if (!found.limit.empty()) {
    time["decided_by"] = found.limit;
  } else if (!found.slowest.empty()) {
    time["decided_by"] = found.slowest.front().origin;
  }
  const json::object all{{"lists", std::move(lists)},
                         {"lines", found.lines},
                         {"invalid", found.invalid},
                         {"reasons", std::move(reasons)},
                         {"invalid_lines", std::move(bad_lines)},
                         {"duplicates", to_json(found.duplicates)},
                         {"hosts", to_json(found.hosts)},
                         {"largest_hosts", to_json(found.largest)},
                         {"slowest_hosts", to_json(found.slowest)},
                         {"time", std::move(time)}};
  return json::serialize(all) + '\n';
}

}  // namespace gannet::cli
