// Opens a list of any format and compression as the RowSource that the frontier reads. Whoever opens a list owns it and
// reads it on one thread at a time; memory stays constant however long the list and its lines are.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "core/job_options.hpp"
#include "core/reason.hpp"
#include "core/row.hpp"
#include "core/settings.hpp"
#include "inbox/list_name.hpp"

namespace gannet::inbox {

struct OpenedList {
  std::unique_ptr<RowSource> rows;
  std::shared_ptr<const JobOptions> options;  // what the list says of itself, or null
  std::string state;                          // of a list that a .job file names, see NamedList
  std::string option_lines = {};              // the same options as text: what a list with them begins with
};

/// As open_list(). `state`, when there is one, is that of the named list when its job began: another is `disk_error`.
Result<OpenedList> open_with_options(const std::filesystem::path& file, const ListSettings& settings,
                                     const std::string& state = {});

/// The format is told by the name, the compression by content. A .job file stands for the list that it names. Looks at
/// the first rows, no further than a few MiB. Fails with `bad_url` when this was never a list (unknown extension,
/// binary content, no URL column, list options that are wrong) and `disk_error` when the file cannot be opened, with
/// `again_in` when it may be later; the detail is a sentence for people. An empty list has no rows. A list that is
/// truncated or damaged opens: its rows up to there are delivered, then read() fails with `disk_error`.
Result<std::unique_ptr<RowSource>> open_list(const std::filesystem::path& file, const ListSettings& settings);

/// A list of which nothing can be read: read() fails with `fault`.
std::unique_ptr<RowSource> broken_list(Fault fault);

}  // namespace gannet::inbox
