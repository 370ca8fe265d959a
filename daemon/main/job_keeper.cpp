#include "main/job_keeper.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <filesystem>
#include <utility>

#include "inbox/list.hpp"
#include "inbox/open_job.hpp"
#include "report/summary.hpp"
#include "store/job_folder.hpp"
#include "store/retry_list.hpp"

namespace gannet {

namespace {

constexpr std::uint64_t many_lines = 100'000;  // take a while to be read again
constexpr seconds between_tries{1};
constexpr int times_its_cost = 20;  // as long as the last try took, the next one waits

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

bool is_moved(const Job& job) {
  std::error_code error;
  return !std::filesystem::exists(job.folder, error) && !error;
}

}  // namespace

void JobKeeper::end(frontier::JobEnd end, Callbacks callbacks) {
  Ended ended{std::move(end), std::move(callbacks), {}};
  ended.broken = ended.end.broken;
  boost::asio::post(thread_, [this, ended = std::move(ended)]() mutable { hear(std::move(ended)); });
}

void JobKeeper::hear(Ended ended) {
  if (ended.end.grown) {
    if (auto resumed = go_on(ended.end)) return ended.callbacks.goes_on(std::move(*resumed));
    return ended.callbacks.ended(ended.end, false);
  }
  waiting_.push_back(std::move(ended));
  // Behind those that were told meanwhile, which are then of the same group.
  if (!std::exchange(working_, true)) boost::asio::post(thread_, [this] { work(); });
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

// One group: what is written of each is durable before its folder moves, and that before anybody is told.
void JobKeeper::work() {
  const auto begun = Clock::now();
  SyncGroup group(layout_.root, sync_);
  auto jobs = take_group(group);
  sync(group, jobs);
  for (auto& job : jobs) {
    if (job.fault.reason != Reason::none) continue;
    if (const auto moved = store::retire(layout_, job.end.job, job.end.broken, group); !moved)
      job.fault = moved.error();
  }
  sync(group, jobs);
  longest_try_ = std::max(longest_try_, Clock::now() - begun);
  for (auto& job : jobs) tell(job);
  working_ = !waiting_.empty();
  if (working_) boost::asio::post(thread_, [this] { work(); });
}

// Others would be refused with the one, and wait for the other.
bool JobKeeper::goes_alone(const Ended& job) {
  return job.refused || (job.end.totals.of(Outcome::failed) > 0 && job.end.totals.lines > many_lines);
}

std::vector<JobKeeper::Ended> JobKeeper::take_group(SyncGroup& group) {
  std::vector<Ended> jobs;
  while (!waiting_.empty() && (jobs.empty() || !(goes_alone(jobs.back()) || goes_alone(waiting_.front())))) {
    Ended& job = jobs.emplace_back(std::move(waiting_.front()));
    waiting_.pop_front();
    job.fault = {};
    if (is_moved(job.end.job)) continue;  // by an earlier try, but not surely on the disk
    // A list that could not be opened the last time may be this time.
    job.end.broken = job.broken;
    if (const auto completed = complete(job.end, group); !completed) job.fault = completed.error();
  }
  return jobs;
}

void JobKeeper::sync(SyncGroup& group, std::vector<Ended>& jobs) {
  const auto synced = group.sync();
  for (auto& job : jobs) {
    if (!synced && job.fault.reason == Reason::none) job.fault = synced.error();
  }
}

void JobKeeper::tell(Ended& job) {
  if (job.fault.reason != Reason::none) return hold(std::move(job));
  if (job.refused) {
    const std::lock_guard lock(mutex_);
    std::erase_if(refused_.jobs, [&](const JobStatus& status) { return status.id == job.end.job.id; });
    if (refused_.jobs.empty()) refused_.disk.reset();
    spdlog::warn("job {}: the disk takes its end now", job.end.job.id);
  }
  log_end(job.end);
  job.callbacks.ended(job.end, true);
}

void JobKeeper::hold(Ended job) {
  if (!std::exchange(job.refused, true)) {
    spdlog::error("job {} is complete but stays in {}: {}; it is tried again until the disk takes it", job.end.job.id,
                  job.end.job.folder.string(), job.fault.detail);
    const std::lock_guard lock(mutex_);
    refused_.jobs.push_back(status_of(job.end));
    if (!refused_.disk) refused_.disk = DiskStatus{wall_now(), job.fault.detail};
  }
  held_.push_back(std::move(job));
  if (held_.size() == 1) try_again_later();
}

void JobKeeper::try_again_later() {
  if (stopping_) return;  // the next start does
  timer_.expires_after(std::max<Clock::duration>(between_tries, std::exchange(longest_try_, {}) * times_its_cost));
  timer_.async_wait([this](boost::system::error_code) {
    if (stopping_) return;
    for (auto& job : std::exchange(held_, {})) hear(std::move(job));
  });
}

Result<ResumedJob> JobKeeper::go_on(const frontier::JobEnd& end) {
  spdlog::warn("job {}: its list was written to after its end was read: it is read on", end.job.id);
  auto resumed = resume_job(layout_, lists_, end.job);
  if (resumed) resumed->job.job.options = end.job.options;  // a command line may have changed them
  return resumed;
}

// All that the folder holds in done/ or failed/.
Result<void> JobKeeper::complete(frontier::JobEnd& end, SyncGroup& group) const {
  LineSet failed;
  if (end.totals.of(Outcome::failed) > 0) {
    auto known = store::failed_lines(end.job);
    if (!known) return known.error();
    failed = std::move(known->lines);
    if (end.broken.empty() && !known->damage.empty()) end.broken = "its records are damaged: " + known->damage;
  }
  auto list = inbox::open_job(end.job, lists_);
  if (!list && list.error().again_in > 0ms) return list.error();
  if (!list && end.broken.empty()) end.broken = list.error().detail;  // what failed cannot be told
  auto source = list ? std::move(*list) : inbox::broken_list(list.error());
  const auto retry = end.job.folder / "retry.jsonl";
  if (auto written = store::write_retry_list(*source, failed, lists_.url_column, retry); !written) return written;
  group.add(retry);
  return store::conclude(end.job, report::summary_json(end.job, end.totals, wall_now()), end.broken, group);
}

}  // namespace gannet
