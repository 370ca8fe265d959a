#include "cli/survey.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "core/url_spelling.hpp"
#include "frontier/host_policy.hpp"

namespace gannet::cli {
namespace {

constexpr std::size_t bad_lines_told = 10;
constexpr std::size_t longest_told = 200;  // bytes of a bad line

}  // namespace

bool Findings::some_unread() const {
  return std::ranges::any_of(lists, [](const SurveyedList& list) { return !list.broken.empty(); });
}

void Findings::take_times(Findings others) {
  largest = std::move(others.largest);
  slowest = std::move(others.slowest);
  seconds = others.seconds;
  limit = std::move(others.limit);
}

Survey::Survey(const FrontierSettings& settings, bool http2, const Bounds& bounds)
    : settings_(settings), http2_(http2), urls_(bounds.urls), hosts_(bounds.hosts, found_.assumptions) {}

void Survey::begin_list(std::string path, const JobOptions* options) {
  found_.lists.push_back({std::move(path), 0, 0, {}});
  of_list_ = options ? options->limits : LimitOverrides{};
  robots_ = options ? options->robots : std::nullopt;
  dedupe_ = options ? options->dedupe.value_or(settings_.dedupe) : settings_.dedupe;
  hosts_.begin_list();
}

void Survey::add(const Row& row) {
  ++found_.lines;
  ++found_.lists.back().lines;
  if (row.fault != Reason::none) return add_invalid(row, {row.fault, row.detail});
  const auto url = Url::parse(row.url);
  if (!url) return add_invalid(row, url.error());
  const std::string origin = url->origin();
  const bool fresh = urls_.add(hash_(one_spelling(origin + url->target)).first);
  const bool fetched = fresh || !dedupe_;
  if (!fetched) ++found_.shared;
  hosts_.add(hash_(origin).first, origin, fetched, [&] {
    const auto policy = frontier::resolve(settings_, of_list_, url->host);
    found_.rules_count |= settings_.obey_robots(policy.profile, robots_);
    return line_cost(policy, url->secure && http2_, found_.assumptions);
  });
}

void Survey::add_invalid(const Row& row, const Fault& fault) {
  ++found_.invalid;
  ++found_.lists.back().invalid;
  ++found_.reasons[static_cast<std::size_t>(fault.reason)];
  if (found_.bad_lines.size() == bad_lines_told) return;
  found_.bad_lines.push_back(
      {found_.lists.size() - 1, row.line, fault.reason, to_valid_utf8(row.url.substr(0, longest_told)), fault.detail});
}

Findings Survey::findings() const {
  Findings found = found_;
  const std::uint64_t valid = found.lines - found.invalid;
  found.duplicates = {valid - std::min(valid, urls_.count()), urls_.exact()};
  found.hosts = {hosts_.hosts(), hosts_.exact()};
  found.largest = hosts_.largest();
  found.slowest = hosts_.slowest();
  decide_time(found);
  return found;
}

// The slowest host, or what holds for all of them together.
void Survey::decide_time(Findings& found) const {
  if (!found.slowest.empty()) found.seconds = found.slowest.front().seconds;
  const auto fetched = static_cast<double>(found.lines - found.invalid - found.shared);
  if (fetched == 0) return;
  HostPolicy together;
  together.ceiling = settings_.connections;
  const auto consider = [&](const std::string& limit) {
    const auto cost = line_cost(together, false, found.assumptions);
    const double seconds = at_least(fetched * cost.seconds, cost, found.assumptions);
    if (seconds <= found.seconds) return;
    found.seconds = seconds;
    found.limit = limit;
  };
  consider("fetch.connections");
  together.requests_per_second = settings_.requests_per_second;
  consider("fetch.requests_per_second");
  together.bytes_per_second = settings_.bytes_per_second;
  consider("fetch.bytes_per_second");
}

}  // namespace gannet::cli
