#include "cli/find_jobs.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "core/disk.hpp"
#include "inbox/claim.hpp"
#include "inbox/job_file.hpp"
#include "inbox/list_name.hpp"
#include "report/human.hpp"

namespace gannet::cli {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::size_t longest_summary = 1 << 20;
constexpr std::size_t most_named = 5;

using Found = std::vector<FoundJob>;

Fault fault(std::string why) { return {Reason::disk_error, std::move(why)}; }

fs::path folder_of(const Layout& layout, JobState state) {
  switch (state) {
    case JobState::active:
      return layout.active();
    case JobState::done:
      return layout.done();
    case JobState::failed:
      return layout.failed();
  }
  return layout.done();
}

Result<std::vector<std::string>> folders_in(const fs::path& parent) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator at(parent, error), end; !error && at != end; at.increment(error)) {
    std::error_code ignored;
    if (fs::is_directory(at->symlink_status(ignored))) names.push_back(at->path().filename().string());
  }
  if (error == std::errc::permission_denied)
    return fault(parent.string() + ": Permission denied: are you in group gannet?");
  if (error) return fault(parent.string() + ": " + error.message() + ": is this the daemon's root? (key `root`)");
  return names;
}

std::string text_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

// What job.json said is in summary.json, once a job has ended.
void read_summary(Job& job) {
  const auto text = read_start(job.folder / "summary.json", longest_summary);
  if (!text) return;
  boost::system::error_code error;
  const auto value = json::parse(*text, error);
  if (error || !value.is_object()) return;
  job.source = text_of(value.get_object(), "source");
  job.list_state = text_of(value.get_object(), "list_state");
  job.priority = parse_priority(text_of(value.get_object(), "priority")).value_or(Priority::normal);
  job.claimed = parse_rfc3339(text_of(value.get_object(), "claimed")).value_or(WallTime{});
}

FoundJob describe(const Layout& layout, const std::string& id, JobState state) {
  const fs::path folder = folder_of(layout, state) / id;
  FoundJob found;
  found.state = state;
  if (auto job = inbox::read_job_file(folder)) {
    found.job = std::move(*job);
  } else {
    found.job.id = id;
    found.job.folder = folder;
    found.job.list_name = inbox::find_list(folder).value_or("list");
  }
  if (state != JobState::active) read_summary(found.job);
  return found;
}

// The name of the list in an id, <time>-<sequence>-<name>.
std::string_view list_part(std::string_view id) {
  const auto first = id.find('-');
  const auto second = first == id.npos ? id.npos : id.find('-', first + 1);
  return second == id.npos ? std::string_view() : id.substr(second + 1);
}

Fault not_one(const Layout& layout, const std::string& name, const Found& several) {
  if (several.empty()) {
    std::error_code ignored;
    const fs::path id = fs::path(name).filename();
    const bool plain = !id.empty() && id != "." && id != "..";
    if (plain && fs::exists(fs::symlink_status(layout.rejected() / id, ignored))) {
      return fault("job " + name + " was rejected: it was no list, see reason.txt in " + layout.rejected().string());
    }
    return fault("there is no job " + name + " in active/, done/ or failed/ of " + layout.root.string());
  }
  std::string names;
  for (std::size_t i = 0; i < std::min(several.size(), most_named); ++i) {
    names += (i == 0 ? "" : ", ") + several[several.size() - 1 - i].job.id;
  }
  if (several.size() > most_named) names += ", ...";
  return fault("there are " + std::to_string(several.size()) + " jobs " + name + ": say which: " + names);
}

}  // namespace

std::string_view name_of(JobState state) {
  switch (state) {
    case JobState::active:
      return "active";
    case JobState::done:
      return "done";
    case JobState::failed:
      return "failed";
  }
  return "done";
}

Result<Found> find_jobs(const Layout& layout, const std::string& name) {
  // "done/20261123T051851-0001-photos/", as a shell completes it.
  fs::path given(name);
  if (given.filename().empty()) given = given.parent_path();
  const std::string wanted = given.filename().string();
  const std::string list = inbox::sanitised(wanted);

  std::vector<std::pair<std::string, JobState>> all, of_start, of_list;
  for (const auto state : {JobState::active, JobState::done, JobState::failed}) {
    auto folders = folders_in(folder_of(layout, state));
    if (!folders) return folders.error();
    for (auto& id : *folders) {
      if (id == wanted) return Found{describe(layout, id, state)};
      if (id.starts_with(wanted)) of_start.emplace_back(id, state);
      if (list_part(id) == list) of_list.emplace_back(id, state);
      all.emplace_back(std::move(id), state);
    }
  }
  const bool every = name == "all";
  auto& chosen = every ? all : (of_start.empty() ? of_list : of_start);
  std::ranges::sort(chosen);
  Found found;
  for (const auto& [id, state] : chosen) found.push_back(describe(layout, id, state));
  if (every || (found.size() == 1 && !wanted.empty())) return found;
  return not_one(layout, report::printable(name), found);
}

}  // namespace gannet::cli
