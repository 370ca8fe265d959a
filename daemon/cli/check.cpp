#include "cli/check.hpp"

#include <cstdio>
#include <memory>
#include <optional>

#include "cli/check_view.hpp"
#include "cli/progress_line.hpp"
#include "cli/robots_check.hpp"
#include "inbox/list.hpp"
#include "report/human.hpp"

namespace gannet::cli {
namespace {

constexpr std::size_t rows_a_turn = 4096;

using Options = std::shared_ptr<const JobOptions>;

// Reads a list to its end. `begin` gets its options, before the first row, and `take` each row.
template <class Begin, class Take>
Result<void> read_all(const std::filesystem::path& path, const Settings& settings, ProgressLine& line, Begin begin,
                      Take take) {
  const auto list = inbox::open_with_options(path, settings.input);
  begin(list ? list->options : Options{});
  if (!list) return list.error();
  std::vector<Row> rows;
  std::uint64_t lines = 0;
  for (bool more = true; more;) {
    const auto read = list->rows->read(rows, rows_a_turn);
    if (!read) return read.error();
    more = *read;
    for (const Row& row : rows) take(row);
    lines += rows.size();
    rows.clear();
    line.draw(list->rows->progress(), lines, "lines");
  }
  return {};
}

bool spares_known_lines(const StoreSettings& settings, const JobOptions* of_list) {
  const auto refetch = of_list && of_list->refetch ? *of_list->refetch : settings.refetch;
  return settings.has_catalogue() && refetch.kind != Refetch::Kind::always;
}

// What their hosts say of the lines: all lists are read once more, as nobody knows all hosts before. What is then left
// to be fetched decides about `found`.
RobotsFindings ask_for_robots(const CheckOptions& options, RobotsCheck& robots, ProgressLine& line, Findings& found) {
  line.clear();
  robots.ask([&line](std::size_t done, std::size_t all) {
    line.draw(static_cast<double>(done) / static_cast<double>(all), done, "hosts asked for robots.txt");
  });
  line.clear();
  Survey left(options.settings.frontier, options.settings.fetch.http2);
  for (const auto& path : options.lists) {
    Options of_list;
    const auto begin = [&](Options said) {
      left.begin_list({}, said.get());
      of_list = std::move(said);
    };
    const auto take = [&](const Row& row) {
      if (row.fault != Reason::none) return;
      const auto url = Url::parse(row.url);
      if (url && robots.judge(*url, of_list.get())) left.add(row);
    };
    (void)read_all(path, options.settings, line, begin, take);  // what is wrong with it has been told
  }
  auto rules = robots.findings();
  found.take_times(left.findings());
  found.rules_count &= rules.not_asked > 0;
  return rules;
}

}  // namespace

int check(const CheckOptions& options) {
  Survey survey(options.settings.frontier, options.settings.fetch.http2);
  RobotsCheck::Bounds bounds;
  bounds.hosts = options.robots_hosts;
  RobotsCheck robots(options.settings, bounds);
  ProgressLine line;
  bool results_count = false;
  for (const auto& path : options.lists) {
    Options of_list;
    const auto begin = [&](Options said) {
      survey.begin_list(path.string(), said.get());
      results_count |= spares_known_lines(options.settings.store, said.get());
      of_list = std::move(said);
    };
    const auto take = [&](const Row& row) {
      survey.add(row);
      if (!options.robots || row.fault != Reason::none) return;
      if (const auto url = Url::parse(row.url)) robots.note(*url, of_list);
    };
    const auto read = read_all(path, options.settings, line, begin, take);
    if (read) continue;
    survey.broken(read.error().detail);
    line.clear();
    const std::string said = report::printable(path.string()) + ": " + report::printable(read.error().detail);
    std::fprintf(stderr, "gannet: %s\n", said.c_str());
  }
  Findings found = survey.findings();
  found.results_count = results_count;
  std::optional<RobotsFindings> rules;
  if (options.robots) rules = ask_for_robots(options, robots, line, found);
  line.clear();
  const std::string text = options.json ? check_json(found, rules) : check_view(found, rules);
  const bool printed = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (!printed || found.some_unread()) return 1;
  return found.invalid > 0 ? 3 : 0;
}

}  // namespace gannet::cli
