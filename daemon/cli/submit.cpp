#include "cli/submit.hpp"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

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
constexpr unsigned most_numbers = 10000;  // lists of one name waiting in one inbox

fs::path folder_of(const SubmitOptions& options) {
  const fs::path inbox = Layout{options.settings.store.root}.inbox();
  switch (options.priority) {
    case Priority::urgent:
      return inbox / "urgent";
    case Priority::normal:
      return inbox;
    case Priority::bulk:
      return inbox / "bulk";
  }
  return inbox;
}

Fault fault_at(const fs::path& path, std::error_code error) {
  Fault fault = disk_fault(path, error);
  if (error == std::errc::permission_denied) fault.detail += ": are you in group gannet?";
  if (error == std::errc::no_such_file_or_directory) fault.detail += ": is this the daemon's root? (key `root`)";
  return fault;
}

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

// Readable for all, since the daemon is another user: the inbox's own mode says who may look into it.
std::error_code copy_synced(const fs::path& from, const fs::path& to, const Descriptor& opened) {
  std::error_code error;
  fs::copy_file(from, to, fs::copy_options::overwrite_existing, error);
  if (error) return error;
  if (::fchmod(opened.get(), 0644) != 0 || ::fsync(opened.get()) != 0) return last_error();
  return {};
}

std::error_code rename_new(const fs::path& from, const fs::path& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return {};
  if (errno != EINVAL) return last_error();
  // A filesystem without RENAME_NOREPLACE, such as NFS: a link does not replace either.
  if (::link(from.c_str(), to.c_str()) != 0) return last_error();
  ::unlink(from.c_str());
  return {};
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

std::string inbox_name(const fs::path& list, unsigned number) {
  const std::string name = list.filename().string();
  std::string visible = name.substr(std::min(name.find_first_not_of("._"), name.size()));
  const bool is_list = inbox::list_format(visible) || inbox::is_job_name(visible);
  if (!is_list) visible.insert(0, "list.");  // ".csv" was an extension after all
  if (number == 1) return visible;
  const std::size_t extensions = inbox::list_extension(visible).size() + 1;  // ".csv.gz"
  const std::size_t stem = visible.size() - std::min(extensions, visible.size());
  return visible.substr(0, stem) + '-' + std::to_string(number) + visible.substr(stem);
}

Result<fs::path> drop(const fs::path& list, const fs::path& folder) {
  std::string part = folder / ".submit-XXXXXX.part";  // a name of our own that the daemon ignores
  const Descriptor opened(::mkostemps(part.data(), 5, O_CLOEXEC));
  if (!opened) return fault_at(folder, last_error());
  std::error_code error = copy_synced(list, part, opened);
  if (error) {
    ::unlink(part.c_str());
    return disk_fault(part, error);
  }
  for (unsigned number = 1; number <= most_numbers; ++number) {
    const auto target = folder / inbox_name(list, number);
    error = rename_new(part, target);
    if (!error) {
      const Descriptor parent(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
      if (parent) ::fsync(parent.get());  // the list is there already; this only makes it survive a power cut
      return target;
    }
    if (error != std::errc::file_exists) break;
  }
  ::unlink(part.c_str());
  return fault_at(folder, error);
}

int submit(const SubmitOptions& options) {
  const auto good = std::ranges::count_if(
      options.lists, [&options](const fs::path& list) { return worth_submitting(list, options.settings.input); });
  if (static_cast<std::size_t>(good) != options.lists.size()) {
    if (good > 0) say(stderr, "gannet: nothing was submitted");
    return 1;
  }
  for (const fs::path& list : options.lists) {
    const auto dropped = drop(list, folder_of(options));
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
