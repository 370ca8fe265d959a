#include "cli/check_view.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>

#include "core/text.hpp"
#include "report/human.hpp"
#include "report/plain_json.hpp"

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
  out += line("  not counted failures, retries, parking, Crawl-delay, this machine's speed");
  if (found.rules_count) out += line("  or less     by what robots.txt forbids of hosts that were not asked for it");
  if (found.results_count) out += line("  or less     by what earlier fetches have (store.refetch)");
  return out;
}

std::string why_unreadable(const RobotsFindings::Host& host) {
  if (host.status > 0) return "status " + std::to_string(host.status);
  return std::string(to_string(host.fault.reason)) + (host.fault.detail.empty() ? "" : ": " + host.fault.detail);
}

std::string robots_host(const RobotsFindings::Host& host) {
  constexpr std::size_t for_name = 52;
  std::string out = line("  " + padded(report::shortened(printable(host.origin), for_name), for_name) +
                         right(human_count(host.lines), 12));
  for (const auto& rule : host.rules) out += line(right(human_count(rule.lines), 14) + "  " + printable(rule.text));
  if (host.rules.empty()) out += line(std::string(16, ' ') + printable(why_unreadable(host)));
  return out;
}

std::string robots_lines(const RobotsFindings& rules, std::uint64_t valid) {
  std::string out = '\n' + total("robots.txt", human_count(rules.asked), "hosts asked");
  const auto of_lines = [&](const char* name, std::uint64_t lines, const std::string& remark) {
    out += total(name, human_count(lines), "lines, " + report::human_percent(lines, valid) + remark);
  };
  of_lines("  allowed", rules.allowed, "");
  of_lines("  disallowed", rules.disallowed, "");
  if (rules.unread > 0) {
    of_lines("  unreadable", rules.unread, ", of " + human_count(rules.unread_hosts) + " hosts: nothing is allowed");
  }
  if (rules.not_asked > 0) of_lines("  not asked", rules.not_asked, ", of hosts behind the first ones");
  if (!rules.obeyed) out += line("  not obeyed  by these settings (robots, fetch.profile)");
  if (!rules.disallowing.empty()) out += '\n' + line(padded("disallowing hosts", 54) + right("lines", 12));
  for (const auto& host : rules.disallowing) out += robots_host(host);
  if (!rules.unreadable.empty()) out += '\n' + line(padded("unreadable robots.txt", 54) + right("lines", 12));
  for (const auto& host : rules.unreadable) out += robots_host(host);
  return out;
}

json::object to_json(const RobotsFindings& rules) {
  json::array disallowing, unreadable;
  for (const auto& host : rules.disallowing) {
    json::array of_host;
    for (const auto& rule : host.rules) of_host.push_back({{"rule", to_valid_utf8(rule.text)}, {"lines", rule.lines}});
    disallowing.push_back({{"origin", host.origin}, {"lines", host.lines}, {"rules", std::move(of_host)}});
  }
  for (const auto& host : rules.unreadable) {
    json::object one{{"origin", host.origin}, {"lines", host.lines}};
    if (host.status > 0) {
      one["http_status"] = host.status;
    } else {
      one["reason"] = to_string(host.fault.reason);
      one["detail"] = to_valid_utf8(host.fault.detail);
    }
    unreadable.push_back(std::move(one));
  }
  return {{"obeyed", rules.obeyed},
          {"asked_hosts", rules.asked},
          {"all_asked", !rules.some_not_asked},
          {"allowed_lines", rules.allowed},
          {"disallowed_lines", rules.disallowed},
          {"unreadable_lines", rules.unread},
          {"not_asked_lines", rules.not_asked},
          {"unreadable_hosts", rules.unread_hosts},
          {"disallowing", std::move(disallowing)},
          {"unreadable", std::move(unreadable)}};
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

std::string check_view(const Findings& found, const std::optional<RobotsFindings>& rules) {
  std::string out = list_lines(found) + total("lines", human_count(found.lines));
  if (found.lines == 0) return out;
  out += invalid_lines(found);
  out += total("duplicates", counted(found.duplicates), "the URL of another line, in whatever spelling");
  out += total("hosts", counted(found.hosts));
  out += hosts_of("largest hosts", found.largest);
  if (!same_hosts(found.largest, found.slowest)) out += hosts_of("slowest hosts", found.slowest);
  if (rules) out += robots_lines(*rules, found.lines - found.invalid);
  return out + time_lines(found);
}

std::string check_json(const Findings& found, const std::optional<RobotsFindings>& rules) {
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
  time["robots_may_spare"] = found.rules_count;
  time["refetch_may_spare"] = found.results_count;
  json::object all{{"lists", std::move(lists)},
                   {"lines", found.lines},
                   {"invalid", found.invalid},
                   {"reasons", std::move(reasons)},
                   {"invalid_lines", std::move(bad_lines)},
                   {"duplicates", to_json(found.duplicates)},
                   {"hosts", to_json(found.hosts)},
                   {"largest_hosts", to_json(found.largest)},
                   {"slowest_hosts", to_json(found.slowest)},
                   {"time", std::move(time)}};
  if (rules) all["robots"] = to_json(*rules);
  return report::plain_json(std::move(all)) + '\n';
}

}  // namespace gannet::cli
