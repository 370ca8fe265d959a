#include "store/committer.hpp"

#include <pthread.h>
#include <spdlog/spdlog.h>

#include "core/layout.hpp"
#include "store/checkpoint.hpp"

namespace gannet::store {
namespace {

// Without syncing there is no reason to wait, only to work in groups; a file is renamed while it is still in the cache.
constexpr milliseconds unsynced_interval{2};

// Whoever asks for a commit soon may do so for record after record, and each costs some flushes of the disk.
// The next one waits as long as the last one took, and so long at least.
constexpr milliseconds between_flushes{20};

constexpr int times_its_cost = 20;  // as long as the last checkpoint took, the next one waits

constexpr seconds look_at_disk_every{1};  // while it takes nothing

}  // namespace

void mark_not_stored(Record& record, const Fault& fault) {
  record.outcome = outcome_of(fault.reason);
  record.reason = fault.reason;
  record.detail = fault.detail;
  record.path.clear();
  record.sha256.clear();
  record.bytes = 0;
}

Committer::Committer(ImageStore& images, DiskGate& gate, const StoreSettings& settings, Callbacks callbacks)
    : images_(images),
      gate_(gate),
      settings_(settings),
      callbacks_(std::move(callbacks)),
      journals_(settings.root, settings.sync),
      mailbox_([this] { bell_.ring(); }) {
  if (settings_.sync == Sync::none) settings_.sync_interval = std::min(settings_.sync_interval, unsynced_interval);
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "committer");
    run();
  });
}

Committer::~Committer() {
  stop_ = true;
  bell_.ring();
  thread_.join();
}

void Committer::open(const Job& job, Progress progress) {
  tell([this, job, progress = std::move(progress)]() mutable {
    auto journal = gate_.insist(0, [&] { return Journal::open(job.journal()); });
    if (!journal) return tell_broken(journal.error());
    if (const auto synced = sync_beginning(job); !synced) return tell_broken(synced.error());
    progress.journal_bytes = journal->size();
    progress.shard_size = shard_size_of(job);
    const auto opened = jobs_.emplace(
        job.number, OpenJob{job, std::move(*journal), {}, std::move(progress), {}, list_identity(job), 0, {}});
    // Images may go to folders of another size from now on, of which an older checkpoint knows nothing.
    if (opened.first->second.progress.journal_lines > 0) save_checkpoint(opened.first->second);
    opened.first->second.next_checkpoint = opened.first->second.progress.journal_lines + settings_.checkpoint_every;
  });
}

// Records of lines that a power cut took away are worth nothing, and who dropped the list may not have synced it. Nor
// must a new journal vanish with its name. In batch mode each group of images does both.
Result<void> Committer::sync_beginning(const Job& job) {
  if (settings_.sync != Sync::strict) return {};
  if (auto listed = sync_path(job.list()); !listed) return listed;
  return sync_path(job.folder);
}

void Committer::read_to(JobNumber job, const ListMark& mark) {
  mailbox_.post(Command([this, job, mark] {
    if (const auto found = jobs_.find(job); found != jobs_.end()) found->second.marks.read_to(mark);
  }));
}

void Committer::close(JobNumber job, std::function<void()> closed) {
  tell([this, job, closed = std::move(closed)] {
    jobs_.erase(job);
    closed();
  });
}

void Committer::tell(Command command) {
  mailbox_.post(std::move(command));
  told_ = true;
  bell_.ring();
}

void Committer::post(Staging staging) { mailbox_.post(std::move(staging)); }

void Committer::flush() {
  if (!flush_.exchange(true)) bell_.ring();
}

void Committer::run() {
  TimePoint last = Clock::now();
  Duration took{0};
  while (!stop_) {
    if (gate_.is_open()) {
      bell_.wait();
    } else {
      bell_.wait_until(Clock::now() + look_at_disk_every);
      gate_.look();
    }
    // What has come stays in the mailbox until the group is due: so nobody who posts rings again.
    const auto soonest = last + std::min<Duration>(settings_.sync_interval, std::max<Duration>(between_flushes, took));
    for (;;) {
      const auto due = flush_ ? soonest : last + settings_.sync_interval;
      if (stop_ || Clock::now() >= due) break;
      if (told_.exchange(false)) take_in();
      bell_.wait_until(due);
    }
    const bool flushed = flush_.exchange(false);
    take_in();
    if (flushed && group_.empty()) flush_ = true;  // it is meant for what is on its way here
    const auto begun = Clock::now();
    commit();
    last = Clock::now();
    took = last - begun;
  }
  take_in();
  commit();
}

void Committer::take_in() {
  mailbox_.drain([this](std::variant<Staging, Command>&& item) {
    if (auto* staging = std::get_if<Staging>(&item)) {
      group_.push_back(std::move(*staging));
    } else {
      std::get<Command>(item)();
    }
  });
}

void Committer::commit() {
  if (group_.empty() || broken_) return;
  std::vector<Record> records;
  std::string lines;
  if (!publish_group() || !write_journals()) return;
  count_group();
  records.reserve(group_.size());
  for (auto& staging : group_) records.push_back(std::move(staging.record));
  for (auto& [number, job] : jobs_) {
    lines += job.lines;
    job.lines.clear();
  }
  group_.clear();
  callbacks_.committed(records, lines);
}

// Files before names, names before records. A file that the disk lost is not stored, whatever was fetched.
bool Committer::publish_group() {
  // What the disk lost is in no memory any more: only the next run can fetch it again.
  if (const auto staged = images_.sync_staged(); !staged) {
    tell_broken(staged.error());
    return false;
  }
  for (auto& staging : group_) {
    if (staging.image.empty()) continue;
    const Job& job = jobs_.at(staging.record.job).job;
    staging.record.path = "images/" + job.id + '/' + image_name(staging.key, shard_size_of(job), staging.extension);
    const auto& path = staging.record.path;
    const auto published = gate_.insist(
        0, [&] { return images_.publish(staging.image, path); },
        [&] { return images_.probe(path.substr(0, path.rfind('/'))); });
    if (!published && published.error().reason == Reason::cancelled) {
      tell_broken(published.error());
      return false;
    }
    if (!published) fail_image(staging, published.error());
  }
  for (auto& staging : group_) publish_thumbnails(staging);
  const auto synced = images_.sync_published();
  if (synced) return true;
  // The names may or may not survive: only a recovery from what is on the disk can tell.
  tell_broken(synced.error());
  return false;
}

// They are an extra: one that the disk does not take is left out.
void Committer::publish_thumbnails(const Staging& staging) {
  for (const auto& [side, name] : staging.thumbnails) {
    const Job& job = jobs_.at(staging.record.job).job;
    const auto path = thumbnail_path(job.id, side, image_name(staging.key, shard_size_of(job), thumbnail_extension));
    if (staging.record.outcome != Outcome::ok || !images_.publish(name, path)) images_.discard(name);
  }
}

void Committer::fail_image(Staging& staging, const Fault& fault) {
  images_.discard(staging.image);
  mark_not_stored(staging.record, fault);
}

bool Committer::write_journals() {
  const auto now = wall_now();
  for (auto& staging : group_) {
    auto& job = jobs_.at(staging.record.job);
    staging.record.time = now;
    append_json(job.lines, staging.record, job.job.id);
  }
  for (auto& [number, job] : jobs_) {
    if (job.lines.empty()) continue;
    if (const auto written = gate_.insist(0, [&] { return job.journal.append(job.lines); }); !written) {
      tell_broken(written.error());
      return false;
    }
    journals_.add(job.job.journal(), job.journal.descriptor());
  }
  const auto synced = journals_.sync();
  if (!synced) tell_broken(synced.error());
  return synced.has_value();
}

void Committer::count_group() {
  if (settings_.checkpoint_every == 0) return;
  for (const auto& staging : group_) {
    auto& progress = jobs_.at(staging.record.job).progress;
    progress.add(staging.record);
    if (!staging.image.empty() && staging.record.outcome == Outcome::ok) progress.files.insert(staging.key);
  }
  for (auto& [number, job] : jobs_) {
    job.progress.journal_bytes = job.journal.size();
    if (job.progress.journal_lines >= job.next_checkpoint && Clock::now() >= job.no_checkpoint_before) {
      save_checkpoint(job);
    }
  }
}

// Without one a restart takes longer: no reason to stop, or to wait for the disk.
void Committer::save_checkpoint(OpenJob& job) {
  job.next_checkpoint = job.progress.journal_lines + settings_.checkpoint_every;
  if (settings_.checkpoint_every == 0) return remove_checkpoint(job.job);
  const auto begun = Clock::now();
  job.marks.advance(job.progress);
  // A checkpoint must never be on the disk without the records that it stands for.
  auto saved = settings_.sync == Sync::none ? job.journal.sync() : Result<void>();
  if (saved) {
    saved =
        write_checkpoint(job.job, job.progress, job.list, settings_.sync == Sync::none ? Durable::no : Durable::yes);
  }
  job.no_checkpoint_before = begun + (Clock::now() - begun) * times_its_cost;
  if (saved) return;
  spdlog::warn("job {}: no checkpoint, so a restart takes longer: {}", job.job.id, saved.error().detail);
  remove_checkpoint(job.job);
}

unsigned Committer::shard_size_of(const Job& job) const {
  return job.options ? job.options->shard_size.value_or(settings_.shard_size) : settings_.shard_size;
}

// Stopped while the disk took nothing is no news: the next run goes on.
void Committer::tell_broken(const Fault& fault) {
  broken_ = true;
  if (fault.reason != Reason::cancelled) callbacks_.broken(fault);
}

}  // namespace gannet::store
