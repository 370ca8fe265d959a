#include "inbox/inbox.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <numeric>
#include <utility>

#include "config/list_keys.hpp"
#include "inbox/file_probe.hpp"
#include "inbox/job_file.hpp"
#include "inbox/list.hpp"

namespace gannet::inbox {
namespace {

// What one turn of the event loop does at most, so that an inbox of a million files holds nobody up.
constexpr std::size_t names_per_turn = 1000;
constexpr int looks_per_turn = 250;

// As long as a full look took, so often the next one waits: nothing is claimed meanwhile.
constexpr int times_a_look = 9;

// Files that came together are looked at together, so that the oldest of them is known before one is claimed.
constexpr milliseconds gathering = 25ms;

// Files remembered for each priority; what a full look finds beyond that waits for a later one.
constexpr std::size_t most_remembered = 100'000;
constexpr std::size_t most_blocked_shown = 100;

// In one group. After a failure nobody knows whether it is the file: one after the other.
constexpr std::size_t most_claims = 16;

// Of what was claimed and cannot be gone on with.
constexpr seconds between_tries{1};

// Then it is not the files: the disk is full, say, or the folders are not ours. Nothing is claimed until the next look.
constexpr unsigned most_failures = 16;

}  // namespace

Inbox::Inbox(boost::asio::io_context& io, InboxSettings settings, ListSettings list_settings, Layout layout,
             Callbacks callbacks)
    : io_(io),
      settings_(settings),
      layout_(std::move(layout)),
      callbacks_(std::move(callbacks)),
      ids_(layout_),
      watch_(io, layout_,
             {[this](const InboxFile& file, Arrival arrival) { arrived(file, arrival); },
              [this] {
                next_look_ = Clock::now();
                wake(next_look_);
              }}),
      timer_(io),
      claimer_(layout_, std::move(list_settings)) {}

Inbox::~Inbox() { stop(); }

void Inbox::start(const std::vector<Priority>& active_jobs) {
  running_ = true;
  for (const auto priority : active_jobs) ++active(priority);
  next_look_ = Clock::now();
  watch_.cover();
  wake(next_look_);
}

void Inbox::stop() {
  running_ = false;
  alive_.reset();
  timer_.cancel();
  watch_.close();
  scan_.reset();
}

void Inbox::job_finished(Priority priority) {
  --active(priority);
  wake(Clock::now());
}

void Inbox::apply(InboxSettings settings) {
  settings_ = settings;
  const auto now = Clock::now();
  next_look_ = std::min(next_look_, now + settings_.rescan);
  wake(now);
}

std::vector<BlockedFile> Inbox::blocked() const {
  std::vector<BlockedFile> files;
  for (const auto& [file, why] : candidates_.blocked()) {
    if (files.size() == most_blocked_shown) break;
    files.push_back({for_people(path_of(file)), why});
  }
  for (const auto& [job, why] : why_not_) {
    if (files.size() == most_blocked_shown) break;
    files.push_back({for_people(layout_.active() / job), "the job cannot begin now: " + why});
  }
  return files;
}

void Inbox::wake(TimePoint when) {
  if (!running_ || (armed_ && *armed_ <= when)) return;
  armed_ = when;
  timer_.expires_at(when);
  timer_.async_wait([this, alive = std::weak_ptr(alive_)](const boost::system::error_code& error) {
    if (error || alive.expired()) return;
    armed_.reset();
    turn();
  });
}

void Inbox::turn() {
  if (!scan_ && Clock::now() >= next_look_) begin_look();
  bool busy = look_on();
  busy = examine_due() || busy;
  if (busy) return wake(Clock::now());
  try_refused_again();
  claim_ready();  // not before the best is known
  wake(next_look_);
  if (const auto due = candidates_.next_due()) wake(*due + gathering);
}

void Inbox::begin_look() {
  const auto now = Clock::now();
  look_began_ = now;
  next_look_ = now + settings_.rescan;
  failures_ = 0;
  watch_.cover();
  candidates_.retry_blocked(now);
  scan_.emplace(layout_);
}

// Each of the three is true when there is more to do at once.
bool Inbox::look_on() {
  if (!scan_) return false;
  for (std::size_t most = names_per_turn; const auto file = scan_->next(most);) {
    if (!candidates_.find(*file) && candidates_.count(file->priority) < most_remembered) {
      arrived(*file, Arrival::created_or_found);
    }
  }
  if (scan_->ended()) {
    scan_.reset();
    const auto now = Clock::now();
    next_look_ = std::max(next_look_, now + (now - look_began_) * times_a_look);
  }
  return scan_.has_value();
}

bool Inbox::examine_due() {
  const auto now = Clock::now();
  for (int looks = 0; looks < looks_per_turn; ++looks) {
    const auto file = candidates_.due(now);
    if (!file) return false;
    examine(*file);
  }
  return true;
}

bool Inbox::has_room() const {
  return std::accumulate(active_jobs_.begin(), active_jobs_.end(), 0u) < settings_.max_active;
}

// Lists that are more urgent count, those that are less do not: nothing urgent waits for them while there is room.
bool Inbox::has_place(Priority priority) const {
  if (!has_room()) return false;
  const auto end = active_jobs_.begin() + static_cast<std::ptrdiff_t>(priority) + 1;
  return std::accumulate(active_jobs_.begin(), end, 0u) < settings_.max_jobs;
}

// In groups, one at a time: a claim alone takes a disk almost as long.
void Inbox::claim_ready() {
  if (claiming_) return;
  auto files = take_ready();
  if (files.empty()) return;
  std::vector<Claim> claims;
  for (const auto& file : files) claims.push_back({path_of(file), file.priority, ids_.next(wall_now(), file.name)});
  claiming_ = true;
  claimer_.claim(std::move(claims), [this, files = std::move(files), alive = std::weak_ptr(alive_)](auto claimed) {
    boost::asio::post(io_, [this, files, alive, claimed = std::move(claimed)]() mutable {
      if (alive.expired()) return;  // stopped: the next start goes on with them
      claiming_ = false;
      for (std::size_t i = 0; i < files.size(); ++i) failures_ = settle(files[i], claimed[i]) ? 0 : failures_ + 1;
      wake(Clock::now());
    });
  });
}

std::vector<InboxFile> Inbox::take_ready() {
  std::vector<InboxFile> files;
  const std::size_t claims_at_once = failures_ == 0 ? most_claims : 1;
  while (running_ && failures_ < most_failures && files.size() < claims_at_once) {
    const auto file = candidates_.best();
    is_full_ = file && !has_place(file->priority);
    if (!file) told_full_ = false;
    if (is_full_ && !std::exchange(told_full_, true)) {
      spdlog::info("{} lists wait in the inbox, {} first: {}", candidates_.ready_count(), for_people(path_of(*file)),
                   has_room()
                       ? "inbox.max_jobs (" + std::to_string(settings_.max_jobs) +
                             ") of its priority or a higher one are being fetched"
                       : std::to_string(settings_.max_active) +
                             " are being fetched, and open files allow no more (ulimit -n, LimitNOFILE= of the unit)");
    }
    if (!file || is_full_) break;
    if (!examine(*file)) continue;  // it changed while it waited for its turn
    candidates_.hold(*file);
    ++active(file->priority);
    files.push_back(*file);
  }
  return files;
}

void Inbox::arrived(const InboxFile& file, Arrival arrival) {
  if (is_ignored_name(file.name)) return;
  const auto state = look_at(path_of(file));
  if (!state) return block(file, state.error().detail);
  if (!*state) return candidates_.forget(file);
  const auto now = Clock::now();
  const bool at_once = arrival == Arrival::moved_in;
  const auto due = at_once ? now : now + settings_.settle;
  candidates_.wait(file, {arrival, **state, now}, due);
  wake(at_once ? due : due + gathering);
}

// Whether the file is complete now. It is waiting, ready, blocked or forgotten after this.
bool Inbox::examine(const InboxFile& file) {
  const auto* known = candidates_.find(file);
  Sighting sighting = known ? *known : Sighting{};
  const auto path = path_of(file);
  const auto state = look_at(path);
  const auto writers = state && *state ? probe_writers(path) : Result<Writers>(Writers::unknown);
  if (state && !*state) {
    candidates_.forget(file);
    return false;
  }
  if (!state || !writers) {
    block(file, !state ? state.error().detail : writers.error().detail);
    return false;
  }
  const auto now = Clock::now();
  sighting.see(**state, now);
  const Verdict verdict = judge(sighting, *writers, wall_now(), now, settings_.settle);
  if (verdict.ready) {
    candidates_.ready(file, sighting);
  } else {
    candidates_.wait(file, sighting, now + verdict.wait);
  }
  return verdict.ready;
}

// False: the claim failed for a reason that may be the same for others.
bool Inbox::settle(const InboxFile& file, Claimed& claimed) {
  --active(claimed.place);
  const bool is_that = candidates_.is_held(file);  // and not another that came by its name meanwhile
  if (claimed.job) {
    if (is_that) candidates_.forget(file);
    hand_over(std::move(claimed));
    return true;
  }
  if (!is_that) return true;
  if (const auto state = look_at(path_of(file)); state && !*state) {  // taken away under our hands
    candidates_.forget(file);
    return true;
  }
  block(file, claimed.job.error().detail);
  return false;
}

void Inbox::hand_over(Claimed claimed) {
  Job& job = *claimed.job;
  if (claimed.refusal()) return hold(std::move(claimed));
  why_not_.erase(job.id);
  if (claimed.is_no_list()) {
    spdlog::warn("{} is not a list: {}. It is in {}", for_people(job.source), claimed.list.error().detail,
                 (layout_.rejected() / job.id).string());
    return;
  }
  spdlog::info("claimed {} as job {} ({})", for_people(job.source), job.id, name_of(job.priority));
  if (job.options) spdlog::info("job {}: its list says {}", job.id, config::list_key_names(*job.options));
  ++active(job.priority);  // which the list may have chosen
  callbacks_.on_list(std::move(job), claimed.list ? std::move(*claimed.list) : broken_list(claimed.list.error()));
}

// It has its place among the active jobs, as it is in their folder.
void Inbox::hold(Claimed claimed) {
  const Job& job = *claimed.job;
  const std::string why = claimed.refusal()->detail;
  if (why_not_.insert_or_assign(job.id, why).second) {
    spdlog::error("{} waits in {}: {}; it is tried again each second", for_people(job.source), job.folder.string(),
                  why);
  }
  ++active(claimed.place);
  if (refused_.empty()) next_try_ = Clock::now() + between_tries;
  refused_.push_back(std::move(claimed));
}

void Inbox::try_refused_again() {
  if (refused_.empty() || claiming_) return;
  if (Clock::now() < next_try_) return wake(next_try_);
  claiming_ = true;
  claimer_.try_again(std::exchange(refused_, {}), [this, alive = std::weak_ptr(alive_)](auto tried) {
    boost::asio::post(io_, [this, alive, tried = std::move(tried)]() mutable {
      if (alive.expired()) return;  // stopped: the next start goes on with them
      claiming_ = false;
      for (auto& one : tried) {
        --active(one.place);
        hand_over(std::move(one));
      }
      wake(Clock::now());
    });
  });
}

void Inbox::block(const InboxFile& file, const std::string& why) {
  if (!candidates_.block(file, why)) return;
  const std::size_t count = candidates_.blocked().size();
  if (count > most_blocked_shown) return;
  spdlog::warn("{} waits in the inbox: {}. It is tried again at each full look{}", for_people(path_of(file)), why,
               count == most_blocked_shown ? "; further files like it are not logged" : "");
}

std::filesystem::path Inbox::path_of(const InboxFile& file) const { return layout_.inbox(file.priority) / file.name; }

}  // namespace gannet::inbox
