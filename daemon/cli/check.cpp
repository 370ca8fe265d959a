#include "cli/check.hpp"

#include <unistd.h>

#include <cstdio>

#include "cli/check_view.hpp"
#include "cli/gauge.hpp"
#include "cli/progress.hpp"
#include "core/text.hpp"
#include "inbox/list.hpp"
#include "report/human.hpp"

namespace gannet::cli {
namespace {

constexpr std::size_t rows_a_turn = 4096;
constexpr milliseconds between_draws{200};

// A line on the terminal, if there is one, that is drawn again as the reading goes on.
class ReadingLine {
 public:
  void draw(double fraction, std::uint64_t lines) {
    const auto now = Clock::now();
    if (columns_ == 0 || now - drawn_at_ < between_draws) return;
    drawn_at_ = now;
    drawn_ = report::shortened(bar(fraction, 22) + percent(fraction) + "  " + human_count(lines) + " lines", columns_);
    show('\r' + drawn_);
  }
  void clear() {
    if (!drawn_.empty()) show('\r' + std::string(report::width(drawn_), ' ') + '\r');
    drawn_.clear();
  }

 private:
  std::size_t columns_ = terminal_columns(STDERR_FILENO);
  TimePoint drawn_at_ = Clock::now();
  std::string drawn_;
};

Result<void> read_all(const std::filesystem::path& path, const Settings& settings, Survey& survey, ReadingLine& line) {
  const auto list = inbox::open_with_options(path, settings.input);
  survey.begin_list(path.string(), list && list->options ? list->options->limits : LimitOverrides{});
  if (!list) return list.error();
  std::vector<Row> rows;
  for (bool more = true; more;) {
    const auto read = list->rows->read(rows, rows_a_turn);
    if (!read) return read.error();
    more = *read;
    for (const Row& row : rows) survey.add(row);
    rows.clear();
    line.draw(list->rows->progress(), survey.lines());
  }
  return {};
}

}  // namespace

int check(const CheckOptions& options) {
  Survey survey(options.settings.frontier, options.settings.fetch.http2);
  ReadingLine line;
  for (const auto& list : options.lists) {
    const auto read = read_all(list, options.settings, survey, line);
    if (read) continue;
    survey.broken(read.error().detail);
    line.clear();
    const std::string said = report::printable(list.string()) + ": " + report::printable(read.error().detail);
    std::fprintf(stderr, "gannet: %s\n", said.c_str());
  }
  line.clear();
  const Findings found = survey.findings();
  const std::string text = options.json ? check_json(found) : check_view(found);
  const bool printed = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (!printed || found.some_unread()) return 1;
  return found.invalid > 0 ? 3 : 0;
}

}  // namespace gannet::cli
