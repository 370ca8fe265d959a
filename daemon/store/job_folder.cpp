#include "store/job_folder.hpp"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <unordered_set>

#include "core/disk.hpp"
#include "store/journal.hpp"

namespace gannet::store {

namespace fs = std::filesystem;

namespace {

// A crash between the naming of a group of images and its records leaves images that nobody vouches for.
Result<void> remove_strays(const Layout& layout, const Job& job, const std::unordered_set<std::string>& recorded) {
  std::error_code error;
  const auto folder = layout.images() / job.id;
  if (!fs::exists(folder, error)) return {};
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (at->is_directory(error)) continue;
    if (recorded.contains(at->path().lexically_relative(layout.root).string())) continue;
    fs::remove(at->path(), error);
  }
  if (error) return disk_fault(error.value(), folder.string());
  return {};
}

}  // namespace

Result<Recovered> recover(const Layout& layout, const Job& job) {
  Recovered recovered;
  std::unordered_set<std::string> paths;
  const auto replayed = replay(job.journal(), [&](const Record& record) {
    if (!recovered.lines.insert(record.line)) return;
    recovered.totals.add(record);
    if (!record.path.empty()) paths.insert(record.path);
  });
  if (!replayed) return replayed.error();
  if (auto removed = remove_strays(layout, job, paths); !removed) return removed.error();
  return recovered;
}

Result<LineSet> failed_lines(const Job& job) {
  LineSet failed;
  const auto replayed = replay(job.journal(), [&](const Record& record) {
    if (record.outcome == Outcome::failed) failed.insert(record.line);
  });
  if (!replayed) return replayed.error();
  return failed;
}

Result<void> retire(const Layout& layout, const Job& job, std::string_view summary, const std::string& broken,
                    Durable durable) {
  if (auto written = replace_file(job.folder / "summary.json", summary, durable); !written) return written;
  if (!broken.empty()) {
    if (auto written = replace_file(job.folder / "reason.txt", broken + '\n', durable); !written) return written;
  }
  const auto target = (broken.empty() ? layout.done() : layout.failed()) / job.id;
  if (std::rename(job.folder.c_str(), target.c_str()) != 0) return disk_fault(errno, target.string());
  std::error_code ignored;
  fs::remove(target / "job.json", ignored);  // told to the next run until here
  if (durable == Durable::no) return {};
  if (auto synced = sync_folder(target.parent_path()); !synced) return synced;
  return sync_folder(layout.active());
}

}  // namespace gannet::store
