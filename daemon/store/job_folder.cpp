#include "store/job_folder.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <optional>

#include "core/atomic_file.hpp"
#include "core/disk.hpp"
#include "store/checkpoint.hpp"
#include "store/journal.hpp"
#include "store/journal_reader.hpp"

namespace gannet::store {

namespace fs = std::filesystem;

namespace {

// The key of "000000011.jpg", or nothing when no image of ours has such a name.
std::optional<std::uint64_t> key_of(std::string_view name) {
  const auto dot = name.find('.');
  std::uint64_t key = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + std::min(dot, name.size()), key);
  if (dot == name.npos || dot < 9 || error != std::errc() || end != name.data() + dot || key > most_lines) return {};
  if (name.find('.', dot + 1) != name.npos) return {};
  return key;
}

// Whether all keys of the folder are below those that a crash may have left half done.
bool is_settled(const std::string& shard, const Progress& progress) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(shard.data(), shard.data() + shard.size(), number);
  if (error != std::errc() || end != shard.data() + shard.size() || progress.shard_size == 0) return false;
  return number < progress.files.settled() / progress.shard_size;
}

// A crash between the naming of a group of images and its records leaves images that nobody vouches for. They are
// removed before anything else is fetched, so a row has no second file: its key tells whether it has its record.
Result<void> remove_strays(const fs::path& folder, const Progress& progress) {
  std::error_code error;
  if (!fs::exists(folder, error)) return {};
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (at->is_directory(error)) {
      if (at.depth() == 0 && is_settled(name, progress)) at.disable_recursion_pending();
      continue;
    }
    if (const auto key = key_of(name); key && progress.files.contains(*key)) continue;
    fs::remove(at->path(), error);
  }
  if (error) return disk_fault(error.value(), folder.string());
  return {};
}

Result<void> remove_strays(const Layout& layout, const Job& job, const Progress& progress) {
  if (auto removed = remove_strays(layout.images() / job.id, progress); !removed) return removed;
  std::error_code error;
  for (fs::directory_iterator side(layout.thumbnails() / job.id, error), end; !error && side != end;
       side.increment(error)) {
    if (auto removed = remove_strays(side->path(), progress); !removed) return removed;
  }
  return {};
}

}  // namespace

Result<Recovered> recover(const Layout& layout, const Job& job) {
  Recovered recovered;
  Progress& progress = recovered.progress;
  if (auto known = read_checkpoint(job); !known) {
    spdlog::warn("job {}: its checkpoint is worth nothing, so all of its records are read: {}", job.id,
                 known.error().detail);
  } else if (*known) {
    progress = std::move(**known);
    recovered.same_list = true;
  }
  const std::string images = "images/" + job.id + '/';
  const auto replayed = replay(
      job.journal(),
      [&](const Record& record) {
        ++recovered.records_read;
        if (!progress.add(record) || !record.path.starts_with(images)) return;
        const auto key = key_of(fs::path(record.path).filename().native());
        if (!key) return;
        progress.files.insert(*key);
        if (!record.is_shared()) recovered.keys += print_of(record.line, *key);
      },
      progress.journal_bytes, progress.journal_lines);
  if (!replayed) return replayed.error();
  if (auto removed = remove_strays(layout, job, progress); !removed) return removed.error();
  return recovered;
}

Result<FailedLines> failed_lines(const Job& job) {
  FailedLines failed;
  auto reader = JournalReader::open(job.journal());
  if (!reader) return reader.error();
  for (;;) {
    const auto step = reader->next();
    if (!step) return step.error();
    if (*step == JournalReader::Step::end) return failed;
    if (*step == JournalReader::Step::record) {
      if (reader->record().outcome == Outcome::failed) failed.lines.insert(reader->record().line);
    } else if (failed.damage.empty()) {
      failed.damage = reader->damage_and_place();
    }
  }
}

Result<void> conclude(const Job& job, std::string_view summary, const std::string& broken, SyncGroup& group) {
  const auto write = [&](const char* name, std::string_view text) {
    auto written = replace_file(job.folder / name, text, Durable::no);
    if (written) group.add(job.folder / name);
    return written;
  };
  group.add(job.folder);
  if (auto written = write("summary.json", summary); !written) return written;
  return broken.empty() ? Result<void>() : write("reason.txt", broken + '\n');
}

Result<void> retire(const Layout& layout, const Job& job, const std::string& broken, SyncGroup& group) {
  const auto target = (broken.empty() ? layout.done() : layout.failed()) / job.id;
  std::error_code ignored;
  const bool moved = fs::status(job.folder, ignored).type() == fs::file_type::not_found;
  if (!moved && std::rename(job.folder.c_str(), target.c_str()) != 0) {
    return disk_fault(errno, target.string());
  }
  fs::remove(target / "job.json", ignored);  // told to the next run until here
  fs::remove(target / "checkpoint", ignored);
  group.add(target.parent_path());
  group.add(layout.active());
  return {};
}

}  // namespace gannet::store
