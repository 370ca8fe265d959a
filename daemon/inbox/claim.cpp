#include "inbox/claim.hpp"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <string>

#include "core/atomic_file.hpp"
#include "core/disk.hpp"
#include "core/sync_group.hpp"
#include "core/text.hpp"
#include "inbox/job_file.hpp"
#include "inbox/list_name.hpp"

namespace gannet::inbox {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view reason_name = "reason.txt";

Fault failed(const std::string& what, const std::error_code& error) {
  return {Reason::disk_error, what + ": " + error.message()};
}

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(fs::symlink_status(path, ignored));
}

void remove_job_file(const fs::path& folder) {
  ::unlink((folder / job_file_name).c_str());
  ::unlink((folder / ("." + std::string(job_file_name) + ".tmp")).c_str());
}

// Only what a claim puts there; rmdir refuses when there is more.
bool remove_empty_job(const fs::path& folder) {
  remove_job_file(folder);
  return ::rmdir(folder.c_str()) == 0;
}

// What was no list, once it has its name and its reason.
Result<void> put_away(const Layout& layout, const fs::path& folder) {
  remove_job_file(folder);
  (void)sync_path(folder);
  const fs::path place = layout.rejected() / folder.filename();
  std::error_code error;
  fs::create_directories(layout.rejected(), error);
  fs::rename(folder, place, error);
  if (error) return failed(folder.string() + " cannot be moved to " + place.string(), error);
  (void)sync_path(layout.rejected());
  (void)sync_path(layout.active());
  return {};
}

// The folder that the list is to be moved to.
Result<Job> begin(const Layout& layout, const Claim& claim, SyncGroup& group) {
  const std::string extension = list_extension(claim.file);
  Job job{.number = 0,
          .id = claim.id,
          .folder = layout.active() / claim.id,
          .list_name = extension.empty() ? "list" : "list." + extension,
          .priority = claim.priority,
          .claimed = wall_now(),
          .source = to_valid_utf8(claim.file.filename().string())};
  std::error_code error;
  fs::create_directories(layout.active(), error);
  if (error || !fs::create_directory(job.folder, error)) {
    return failed(job.folder.string() + " cannot be created", error ? error : make_error_code(std::errc::file_exists));
  }
  if (auto written = write_job_file(job, Durable::no); !written) {
    remove_empty_job(job.folder);
    return written.error();
  }
  for (const auto& made : {job.folder / job_file_name, job.folder, layout.active()}) group.add(made);
  return job;
}

Result<void> move_list(const fs::path& file, const Job& job, SyncGroup& group) {
  std::error_code error;
  fs::rename(file, job.list(), error);
  if (error) return failed("it cannot be moved to " + job.folder.parent_path().string(), error);
  if (!is_file(job.list())) {  // swapped for something else after it was looked at
    fs::rename(job.list(), file, error);
    return Fault{Reason::disk_error, "it is not a regular file any more"};
  }
  group.add(job.folder);
  group.add(file.parent_path());
  return {};
}

// The name the list came under, as far as a file may have it.
std::string original_name(const Job& job) {
  constexpr std::size_t longest = 255;
  const std::string name = fs::path(job.source).filename().string();
  const bool usable = !name.empty() && name != "." && name != ".." && name != reason_name && name != job_file_name &&
                      name.size() <= longest && name.find('\0') == std::string::npos;
  return usable ? name : job.list_name;
}

bool is_job_id(const std::string& name) {
  constexpr std::size_t longest = 160;
  return name.size() <= longest && name.front() != '.' && name.front() != '-' &&
         std::ranges::all_of(name, [](unsigned char c) {
           return c < 0x80 && (std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.');
         });
}

std::optional<Job> resume(const Layout& layout, const fs::path& folder) {
  if (auto job = read_job_file(folder); job && is_file(job->list())) return job;
  const auto list = find_list(folder);
  if (!list) {
    if (is_file(folder / reason_name)) {
      if (const auto rejected = put_away(layout, folder)) {
        spdlog::info("{} was no list: moved to rejected/", for_people(folder));
      } else {
        spdlog::error("{} was no list, the next start tries again: {}", for_people(folder), rejected.error().detail);
      }
    } else if (remove_empty_job(folder)) {
      spdlog::info("removed {}: the claim of its list was never completed", for_people(folder));
    } else {
      spdlog::warn("{} has no list and was left alone: move it away, nothing will come of it", for_people(folder));
    }
    return std::nullopt;
  }
  Job job{.number = 0,
          .id = folder.filename().string(),
          .folder = folder,
          .list_name = *list,
          .claimed = wall_now(),
          .source = *list};
  spdlog::warn("the job.json of {} is missing or broken: going on with a new one", for_people(folder));
  if (const auto written = write_job_file(job); !written) spdlog::warn("{}", written.error().detail);
  return job;
}

}  // namespace

// What a list is moved to is durable first: else a power cut could leave it in a folder that nobody knows of.
std::vector<Result<Job>> claim(const Layout& layout, const std::vector<Claim>& claims, Sync sync) {
  SyncGroup group(layout.root, sync == Sync::none ? Sync::none : Sync::batch);
  std::vector<Result<Job>> jobs;
  for (const auto& claim : claims) jobs.push_back(begin(layout, claim, group));
  const auto begun = group.sync();
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if (!jobs[i]) continue;
    if (const auto moved = begun ? move_list(claims[i].file, *jobs[i], group) : begun; !moved) {
      remove_empty_job(jobs[i]->folder);
      jobs[i] = moved.error();
    }
  }
  (void)group.sync();  // the lists are there; this only makes that survive a power cut
  return jobs;
}

Result<Job> claim(const Layout& layout, const fs::path& file, Priority priority, std::string_view id, Sync sync) {
  return claim(layout, {{file, priority, std::string(id)}}, sync).front();
}

// The folder goes last: a start that finds it in active/ goes on here.
Result<void> reject(const Layout& layout, const Job& job, std::string_view why) {
  if (auto written = replace_file(job.folder / reason_name, std::string(why) + '\n', Durable::yes); !written)
    return written;
  if (std::error_code error; is_file(job.list())) {  // else an earlier try has got further
    fs::rename(job.list(), job.folder / original_name(job), error);
    if (error) return failed("the list in " + job.folder.string() + " cannot be renamed", error);
  }
  return put_away(layout, job.folder);
}

std::optional<std::string> find_list(const fs::path& folder) {
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if ((name == "list" || name.starts_with("list.")) && is_file(entry->path())) return name;
  }
  return std::nullopt;
}

std::vector<Job> unfinished(const Layout& layout) {
  std::vector<Job> jobs;
  std::error_code error;
  for (fs::directory_iterator entry(layout.active(), error), end; !error && entry != end; entry.increment(error)) {
    const fs::path folder = entry->path();
    if (!fs::is_directory(entry->symlink_status(error))) continue;
    if (!is_job_id(folder.filename().string())) {
      spdlog::warn("{} is not the folder of a job and was left alone", for_people(folder));
    } else if (auto job = resume(layout, folder)) {
      jobs.push_back(std::move(*job));
    }
  }
  std::ranges::sort(jobs, {}, &Job::id);
  return jobs;
}

}  // namespace gannet::inbox
