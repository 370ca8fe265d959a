#include "main/job_keeper.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <filesystem>
#include <utility>

#include "core/disk.hpp"
#include "inbox/claim.hpp"
#include "inbox/list.hpp"
#include "inbox/named_list.hpp"
#include "inbox/open_job.hpp"
#include "report/summary.hpp"
#include "store/job_folder.hpp"
#include "store/retry_list.hpp"

namespace gannet {

namespace {

constexpr std::size_t rows_a_turn = 1024;
constexpr seconds between_tries{1};
constexpr int times_its_cost = 20;  // as long as the last try took, the next one waits: it may read a long list

void log_end(const frontier::JobEnd& end) {
  if (!end.broken.empty()) {
    spdlog::error("job {} failed after {} lines: {}", end.job.id, end.totals.lines, end.broken);
    return;
  }
  spdlog::info("job {} is done: {} lines, {} ok, {} failed, {} skipped, {} invalid", end.job.id, end.totals.lines,
               end.totals.of(Outcome::ok), end.totals.of(Outcome::failed), end.totals.of(Outcome::skipped),
               end.totals.of(Outcome::invalid));
}

JobStatus status_of(const frontier::JobEnd& end) {
  JobStatus status;
  status.id = end.job.id;
  status.priority = end.job.priority;
  status.claimed = end.job.claimed;
  status.totals = end.totals;
  status.lines_read = end.totals.lines;
  status.read_fraction = 1;
  return status;
}

Fault lost_state() {
  return {Reason::disk_error, "job.json was lost, and with it what the list was like when the job began"};
}

Result<std::unique_ptr<RowSource>> edited(const Job& job) {
  return inbox::list_changed(job.list(),
                             "lines that have their record are missing, elsewhere, or have another URL, "
                             "or there are more or fewer rows before them");
}

// Whether the lines that have their record are still where they were and name the same URLs, and those with a file have
// the key that it is named after: else a row without a record would come by that key, and write over the file.
bool says_the_same(RowSource& list, const store::Recovered& recovered) {
  const store::Progress& progress = recovered.progress;
  std::uint64_t lines = 0, urls = 0, keys = 0;
  std::vector<Row> rows;
  for (bool more = true; more && lines < progress.totals.lines; rows.clear()) {
    const auto read = list.read(rows, rows_a_turn);
    if (!read) return true;  // it is broken, which it will tell itself
    more = *read;
    for (const Row& row : rows) {
      if (!progress.lines.contains(row.line)) continue;
      ++lines;
      urls += store::print_of(row.line, row.url);
      if (progress.files.contains(row.key)) keys += store::print_of(row.line, row.key);
    }
  }
  return lines == progress.totals.lines && urls == progress.urls && keys == recovered.keys;
}

}  // namespace

Result<ResumedJob> resume_job(const Layout& layout, const ListSettings& lists, Job job) {
  auto recovered = store::recover(layout, job);
  if (!recovered) {
    spdlog::error("job {} cannot go on and is left in {}: {}", job.id, job.folder.string(), recovered.error().detail);
    return recovered.error();
  }
  store::Progress& progress = recovered->progress;
  const bool begun = progress.totals.lines > 0;  // then it was a list once, and its records stay with it
  const bool forgotten = begun && job.list_state.empty() && inbox::is_job_name(job.list_name);
  auto list = forgotten ? Result<std::unique_ptr<RowSource>>(lost_state()) : inbox::open_job(job, lists);
  if (!list && list.error().reason == Reason::bad_url && !begun) {  // stopped between its claim and its rejection
    spdlog::warn("{} was no list: {}", job.source, list.error().detail);
    if (const auto rejected = inbox::reject(layout, job, list.error().detail); !rejected) {
      spdlog::error("{}", rejected.error().detail);
      return rejected.error();
    }
    return list.error();
  }
  // A list of our own may have grown meanwhile, and nothing else.
  if (list && begun && !recovered->same_list && !inbox::is_job_name(job.list_name)) {
    list = says_the_same(**list, *recovered) ? inbox::open_job(job, lists) : edited(job);
  }
  if (!list) list = inbox::broken_list(list.error());
  const bool jumped = progress.mark.offset > 0 && (*list)->go_on_from(progress.mark);
  if (begun) {
    spdlog::info("job {} goes on behind line {}: {} lines have their record, {} of these were read again", job.id,
                 jumped ? progress.mark.line : 0, progress.totals.lines, recovered->records_read);
  } else {
    spdlog::info("job {} begins", job.id);
  }
  frontier::NewJob resumed{std::move(job), std::move(*list), progress.lines, progress.totals,
                           jumped ? progress.mark.key : 0};
  return ResumedJob{std::move(resumed), std::move(progress)};
}

void JobKeeper::end(frontier::JobEnd end, Callbacks callbacks) {
  boost::asio::post(thread_, [this, end = std::move(end), callbacks = std::move(callbacks)]() mutable {
    if (end.grown) {
      if (auto resumed = go_on(end)) return callbacks.goes_on(std::move(*resumed));
      return callbacks.ended(end, false);
    }
    if (const auto put = try_to_put_away(end); !put) return hold({std::move(end), std::move(callbacks)}, put.error());
    log_end(end);
    callbacks.ended(end, true);
  });
}

JobKeeper::~JobKeeper() {
  boost::asio::post(thread_, [this] {
    stopping_ = true;
    timer_.cancel();
  });
  thread_.join();
}

JobKeeper::Refused JobKeeper::refused() const {
  const std::lock_guard lock(mutex_);
  return refused_;
}

void JobKeeper::hold(Held held, const Fault& fault) {
  spdlog::error("job {} is complete but stays in {}: {}; it is tried again until the disk takes it", held.end.job.id,
                held.end.job.folder.string(), fault.detail);
  {
    const std::lock_guard lock(mutex_);
    refused_.jobs.push_back(status_of(held.end));
    if (!refused_.disk) refused_.disk = DiskStatus{wall_now(), fault.detail};
  }
  held_.push_back(std::move(held));
  if (held_.size() == 1) try_again_later();
}

void JobKeeper::try_again_later() {
  if (stopping_) return;  // the next start does
  timer_.expires_after(std::max<Clock::duration>(between_tries, std::exchange(longest_try_, {}) * times_its_cost));
  timer_.async_wait([this](boost::system::error_code) {
    if (!stopping_) try_again();
  });
}

void JobKeeper::try_again() {
  for (auto held = held_.begin(); held != held_.end();) {
    if (!try_to_put_away(held->end)) {
      ++held;
      continue;
    }
    {
      const std::lock_guard lock(mutex_);
      std::erase_if(refused_.jobs, [&](const JobStatus& job) { return job.id == held->end.job.id; });
      if (refused_.jobs.empty()) refused_.disk.reset();
    }
    spdlog::warn("job {}: the disk takes its end now", held->end.job.id);
    log_end(held->end);
    held->callbacks.ended(held->end, true);
    held = held_.erase(held);
  }
  if (!held_.empty()) try_again_later();
}

Result<void> JobKeeper::try_to_put_away(frontier::JobEnd& end) {
  const auto begun = Clock::now();
  const auto broken = end.broken;
  auto put = put_away(end);
  longest_try_ = std::max(longest_try_, Clock::now() - begun);
  // A list that could not be opened this time may be the next time; once moved it stays where it is.
  std::error_code error;
  if (!put && std::filesystem::exists(end.job.folder, error)) end.broken = broken;
  return put;
}

Result<ResumedJob> JobKeeper::go_on(const frontier::JobEnd& end) {
  spdlog::warn("job {}: its list was written to after its end was read: it is read on", end.job.id);
  auto resumed = resume_job(layout_, lists_, end.job);
  if (resumed) resumed->job.job.options = end.job.options;  // a command line may have changed them
  return resumed;
}

Result<void> JobKeeper::put_away(frontier::JobEnd& end) {
  std::error_code error;
  // Moved by an earlier try, but not surely on the disk.
  if (!std::filesystem::exists(end.job.folder, error) && !error) {
    if (auto synced = sync_folder(end.broken.empty() ? layout_.done() : layout_.failed()); !synced) return synced;
    return sync_folder(layout_.active());
  }
  LineSet failed;
  if (end.totals.of(Outcome::failed) > 0) {
    auto known = store::failed_lines(end.job);
    if (!known) return known.error();
    failed = std::move(known->lines);
    if (end.broken.empty() && !known->damage.empty()) end.broken = "its records are damaged: " + known->damage;
  }
  auto list = inbox::open_job(end.job, lists_);
  if (!list && end.broken.empty()) end.broken = list.error().detail;  // what failed cannot be told
  auto source = list ? std::move(*list) : inbox::broken_list(list.error());
  auto written = store::write_retry_list(*source, failed, lists_.url_column, end.job.folder / "retry.jsonl", durable_);
  if (!written) return written;
  return store::retire(layout_, end.job, report::summary_json(end.job, end.totals, wall_now()), end.broken, durable_);
}

}  // namespace gannet
