#include "cli/submit.hpp"

#include <algorithm>
#include <cstdio>

#include "cli/draft.hpp"
#include "core/disk.hpp"
#include "core/layout.hpp"
#include "core/text.hpp"
#include "core/url.hpp"
#include "inbox/list.hpp"
#include "report/human.hpp"

namespace gannet::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t rows_checked = 1000;

// Why the row cannot be fetched; empty when it can.
std::string problem_of(const Row& row) {
  const auto what = [&row](const Fault& fault) {
    const std::string_view text = fault.detail.empty() ? to_string(fault.reason) : fault.detail;
    return "line " + std::to_string(row.line) + ": " + report::printable(text);
  };
  if (row.fault != Reason::none) return what({row.fault, row.detail});
  const auto url = Url::parse(row.url);
  return url ? std::string() : what(url.error());
}

Result<std::vector<Row>> first_rows(const fs::path& list, const ListSettings& settings) {
  auto source = inbox::open_list(list, settings);
  if (!source) return source.error();
  std::vector<Row> rows;
  for (bool more = true; more && rows.size() < rows_checked;) {
    const auto read = (*source)->read(rows, rows_checked - rows.size());
    if (!read) return read.error();
    more = *read;
  }
  return rows;
}

void say(FILE* out, const std::string& text) { std::fprintf(out, "%s\n", text.c_str()); }

bool worth_submitting(const fs::path& list, const ListSettings& settings) {
  const auto checked = check_list(list, settings);
  const std::string name = report::printable(list.string());
  if (!checked) say(stderr, "gannet: " + name + ": " + report::printable(checked.error().detail));
  if (checked && !checked->empty()) say(stderr, "gannet: warning: " + name + ": " + *checked);
  return checked.has_value();
}

}  // namespace

Result<std::string> check_list(const fs::path& list, const ListSettings& settings) {
  const auto refused = [](std::string why) { return Fault{Reason::bad_url, std::move(why)}; };
  std::error_code error;
  const auto kind = fs::status(list, error).type();
  if (kind == fs::file_type::not_found) return refused("no such file");
  if (error) return refused(error.message());
  if (kind != fs::file_type::regular) return refused("not a regular file; put the list into a file first");

  const auto rows = first_rows(list, settings);
  if (!rows) return rows.error();
  if (rows->empty()) return refused("the list is empty");
  std::size_t invalid = 0;
  std::string first_problem;
  for (const Row& row : *rows) {
    const std::string problem = problem_of(row);
    if (problem.empty()) continue;
    if (++invalid == 1) first_problem = problem;
  }
  const std::string seen = human_count(rows->size());
  if (invalid == rows->size())
    return refused("none of the " + seen + " rows looked at can be fetched; " + first_problem);
  if (invalid == 0) return std::string();
  return human_count(invalid) + " of the " + seen + " rows looked at cannot be fetched; " + first_problem;
}

Result<fs::path> drop(const fs::path& list, const Layout& layout, Priority priority) {
  auto draft = Draft::make(layout, priority);
  if (!draft) return draft.error();
  std::error_code error;
  fs::copy_file(list, draft->path(), fs::copy_options::overwrite_existing, error);
  if (error) return disk_fault(draft->path(), error);
  return draft->publish(list);
}

int submit(const SubmitOptions& options) {
  const auto good = std::ranges::count_if(
      options.lists, [&options](const fs::path& list) { return worth_submitting(list, options.settings.input); });
  if (static_cast<std::size_t>(good) != options.lists.size()) {
    if (good > 0) say(stderr, "gannet: nothing was submitted");
    return 1;
  }
  for (const fs::path& list : options.lists) {
    const auto dropped = drop(list, Layout{options.settings.store.root}, options.priority);
    if (!dropped) {
      say(stderr, "gannet: " + report::printable(list.string()) +
                      ": not submitted: " + report::printable(dropped.error().detail));
      return 1;
    }
    say(stdout, report::printable(list.string()) + " -> " + report::printable(dropped->string()));
  }
  return 0;
}

}  // namespace gannet::cli
