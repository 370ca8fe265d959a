#include "frontier/dispatcher.hpp"

#include <pthread.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <random>

#include "core/atomic_file.hpp"
#include "core/disk.hpp"
#include "core/url.hpp"
#include "frontier/unfetched.hpp"

namespace gannet::frontier {

namespace {

constexpr std::size_t names_a_turn = 64;  // looked up ahead
constexpr std::size_t parked_hosts_told = 100;
constexpr std::size_t longest_hosts_file = 32 << 20;
constexpr seconds hosts_saved_every{60};
constexpr milliseconds least_between_saves{200};
constexpr milliseconds between_looks{50};       // at what memory the process takes
constexpr ByteCount of_any_process = 16 << 20;  // code, stacks, buffers that are always there
constexpr milliseconds longest_turn{20};        // a lookup in the catalogue may have to wait for the disk

Fault given_up() { return {Reason::host_dead, "given up after failing to connect again and again"}; }

}  // namespace

Receipt receipt_of(const Record& record) {
  return {record.job, record.outcome, record.reason, record.stored_bytes(),
          record.question ? std::make_unique<Record>(record) : nullptr};
}

Dispatcher::Dispatcher(const FrontierSettings& settings, milliseconds status_interval, unsigned lanes,
                       std::filesystem::path state_folder, Callbacks callbacks)
    : status_interval_(status_interval),
      callbacks_(std::move(callbacks)),
      frontier_(settings, lanes, std::random_device{}(), state_folder / "spill"),
      intake_(frontier_),
      hosts_file_(state_folder / "hosts.json"),
      starts_(lanes),
      mailbox_([this] { bell_.ring(); }) {
  frontier_.recall_with(callbacks_.recall);
  recall_hosts();
  use_connections(settings);
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "dispatcher");
    run();
  });
}

Dispatcher::~Dispatcher() {
  stop_ = true;
  bell_.ring();
  thread_.join();
}

void Dispatcher::room_made() {
  tell([] {});  // whatever wakes us has us look for room
}

void Dispatcher::apply(FrontierSettings settings) {
  tell([this, settings] {
    frontier_.apply(settings, Clock::now());
    use_connections(settings);
  });
}

void Dispatcher::ask_status() {
  tell([this] {
    pump();  // so that it tells what came of all that was said before
    tell_status();
  });
}

void Dispatcher::drain() {
  tell([this] { draining_ = true; });
}

// No event loop: a bell costs its ringer nothing while we are awake, and we wait for nothing but it and the time.
void Dispatcher::run() {
  while (!stop_) {
    if (Clock::now() >= next_status_) {
      tell_status();
      next_status_ = Clock::now() + status_interval_;
    }
    if (Clock::now() >= next_judgement_) judge_connections(Clock::now());
    const auto due = next_wake();
    const auto look = shares_memory() ? next_look_ : TimePoint::max();
    const auto save = has_unsaved_news() ? no_save_before_ : TimePoint::max();
    if (!read_on_) bell_.wait_until(std::min({next_status_, next_judgement_, due, save, look}));
    const bool heard = hear();
    share_memory();
    if (has_unsaved_news()) save_hosts(Clock::now());
    for (const auto& news : frontier_.trouble().take_news()) spdlog::warn("{}", news);
    if (heard || read_on_ || due <= Clock::now()) pump();
  }
}

TimePoint Dispatcher::next_wake() const {
  constexpr auto never = TimePoint::max();
  return has_room_ && !draining_ ? frontier_.next_wake().value_or(never) : never;
}

bool Dispatcher::hear() {
  const auto now = Clock::now();
  bool heard = false;
  mailbox_.drain([&](Message&& message) {
    heard = true;
    if (auto* job = std::get_if<NewJob>(&message)) {
      intake_.add(std::move(*job), now);
    } else if (auto* ends = std::get_if<std::vector<AttemptEnd>>(&message)) {
      for (auto& end : *ends) hear_end(std::move(end), now);
    } else if (auto* receipts = std::get_if<std::vector<Receipt>>(&message)) {
      for (const auto& receipt : *receipts) hear_receipt(receipt, now);
    } else {
      std::get<Command>(message)();
    }
  });
  return heard;
}

void Dispatcher::hear_end(AttemptEnd end, TimePoint now) {
  frontier_.names_answered(end.names_answered, now);
  seen_.count(sign_of(end.record), end.record.received);
  const auto fate = frontier_.ended(end, now);
  // A cancelled line has no end yet: it stays without a record and is fetched by the next run.
  const bool recorded_here = end.record.reason != Reason::none && end.record.reason != Reason::cancelled;
  if (fate != Frontier::Fate::final || !recorded_here) return;
  Finished finished;
  finished.key = end.task.row.key;
  finished.record = std::move(end.record);
  callbacks_.record(std::move(finished));
}

void Dispatcher::hear_receipt(const Receipt& receipt, TimePoint now) {
  totals_.add(receipt.outcome, receipt.reason, receipt.bytes);
  intake_.recorded(receipt.job, receipt.outcome, receipt.reason, receipt.bytes, now);
  // Once it is drained the store is taken down: whoever still waits has no record, and is read again by the next run.
  if (!receipt.shared || !callbacks_.drained) return;
  for (auto& record : frontier_.settled(*receipt.shared, now)) {
    Finished other;
    other.record = std::move(record);
    callbacks_.record(std::move(other));
  }
}

void Dispatcher::pump() {
  if (draining_) {
    read_on_ = false;
    if (frontier_.in_flight() == 0 && callbacks_.drained) std::exchange(callbacks_.drained, nullptr)();
    return;
  }
  read_on_ = intake_.read(Clock::now(), [this](Finished line) { callbacks_.record(std::move(line)); });
  for (const auto& [job, mark] : intake_.take_marks()) {
    if (callbacks_.read_to) callbacks_.read_to(job, mark);
  }
  // What was taken may have left its list with nothing but hosts that must wait: then it is read further.
  if (start_tasks() && intake_.is_reading()) read_on_ = true;
  look_ahead();
  for (auto& end : intake_.take_ended()) callbacks_.job_ended(std::move(end));
  if (intake_.outstanding() > 0 && frontier_.idle()) callbacks_.flush();
  if (frontier_.fault() && callbacks_.broken) std::exchange(callbacks_.broken, nullptr)(*frontier_.fault());
}

// The stages that would be asked are there while something is fetched.
bool Dispatcher::shares_memory() const {
  return callbacks_.memory && !draining_ && frontier_.in_flight() > 0 && frontier_.queued() > 0;
}

// What is not of lines is left to whoever has it. It is measured, not added up: also what connections take, and what
// the allocator keeps, is none of the lines'.
void Dispatcher::share_memory() {
  const auto now = Clock::now();
  if (!shares_memory() || now < next_look_) return;
  next_look_ = now + between_looks;
  const auto all = callbacks_.memory();
  frontier_.leave_memory(all - std::min(all, frontier_.own_memory() + of_any_process));
}

bool Dispatcher::start_tasks() {
  const auto now = Clock::now();
  bool any = false;
  while ((has_room_ = !intake_.crowded() && callbacks_.room())) {
    if (any && Clock::now() - now > longest_turn) {
      read_on_ = true;
      break;
    }
    auto action = frontier_.next(now);
    if (!action) break;
    switch (action->kind) {
      case Frontier::Action::Kind::start:
        starts_[action->lane].push_back(std::move(action->task));
        any = true;
        break;
      case Frontier::Action::Kind::give_up:
        callbacks_.record(unfetched(action->task, given_up()));
        break;
      case Frontier::Action::Kind::take:
        callbacks_.record(from_catalogue(action->task));
        any = true;
        break;
      case Frontier::Action::Kind::share:
        share(std::move(action->task), now);
        any = true;
        break;
      case Frontier::Action::Kind::wait:
        any = true;
        break;
    }
  }
  seen_.limited |= has_room_ && frontier_.in_flight() >= frontier_.limit();
  for (unsigned lane = 0; lane < starts_.size(); ++lane) {
    if (!starts_[lane].empty()) callbacks_.start(lane, std::exchange(starts_[lane], {}));
  }
  return any;
}

void Dispatcher::share(FetchTask task, TimePoint now) {
  Finished finished;
  finished.record = frontier_.known(task);
  if (callbacks_.has(finished.record)) {
    callbacks_.record(std::move(finished));
  } else {
    frontier_.fetch_anew(std::move(task), now);
  }
}

void Dispatcher::look_ahead() {
  for (std::size_t names = 0; names < names_a_turn; ++names) {
    const auto hint = frontier_.hint();
    if (!hint) return;
    if (auto url = Url::parse(hint->origin)) callbacks_.prefetch(hint->lane, std::move(url->host));
  }
}

// What was found best before still holds after a reload.
void Dispatcher::use_connections(const FrontierSettings& settings) {
  if (!settings.auto_connections) {
    auto_.reset();
  } else {
    if (!auto_ || auto_->most() != settings.connections) auto_.emplace(settings.connections);
    frontier_.limit(auto_->limit());
  }
  next_judgement_ = auto_ ? Clock::now() + AutoConnections::interval : TimePoint::max();
}

void Dispatcher::judge_connections(TimePoint now) {
  seen_.cpu = cpu_.take(now);
  // Trouble would only teach it that nothing is worth anything.
  if (!frontier_.trouble().active() && !draining_) frontier_.limit(auto_->feed(seen_));
  seen_ = {};
  next_judgement_ = now + AutoConnections::interval;
}

void Dispatcher::recall_hosts() {
  const auto lost = [this](std::string_view why) {
    spdlog::warn("{}: {}; hosts are met as if for the first time", hosts_file_.string(), why);
  };
  std::error_code error;
  const auto file = std::filesystem::status(hosts_file_, error);
  if (!std::filesystem::exists(file)) return;  // the first start
  if (!std::filesystem::is_regular_file(file)) return lost("not a file");
  const auto text = read_start(hosts_file_, longest_hosts_file + 1);
  if (!text) return lost(text.error().detail);
  if (text->size() > longest_hosts_file) return lost("more than 32 MiB");
  const auto hosts = parse_hosts(*text, wall_now());
  if (!hosts) return lost(hosts.error().detail);
  frontier_.restore(*hosts, Clock::now());
}

std::uint64_t Dispatcher::news_of_hosts() const { return frontier_.news_of_hosts() + frontier_.trouble().changes(); }

// At once after a host was parked, got a pace or trouble began, which must not be forgotten; what else is learned has
// time.
void Dispatcher::save_hosts(TimePoint now) {
  if (now < no_save_before_ && !draining_) return;
  if (!has_unsaved_news() && now < next_save_ && !draining_) return;
  saved_news_ = news_of_hosts();
  next_save_ = now + hosts_saved_every;
  // A hundredth of the time, however many there are.
  no_save_before_ = now + std::max<Duration>(least_between_saves, frontier_.hosts() * 20us);
  const bool stopped = draining_ && frontier_.in_flight() == 0;
  if (const auto saved = replace_file(hosts_file_, hosts_json(frontier_.remembered(now), wall_now(), stopped));
      !saved) {
    spdlog::warn("what is known of hosts was not saved: {}", saved.error().detail);
  }
}

// Once an hour at most: it comes and goes with every few megabytes.
void Dispatcher::tell_of_disk(TimePoint now) {
  if (!frontier_.spilled().is_scarce() || !intake_.is_reading() || now < no_word_of_disk_before_) return;
  no_word_of_disk_before_ = now + 1h;
  spdlog::warn(
      "fetch.spill: there is no room for more lines of slow hosts than the {} that are there, or less than twice "
      "store.min_free would be left; lists that have many of them are not read further until there is",
      frontier_.spilled().lines());
}

void Dispatcher::tell_status() {
  const auto now = Clock::now();
  save_hosts(now);
  tell_of_disk(now);
  Snapshot snapshot;
  snapshot.state = draining_ ? "draining" : "running";
  snapshot.in_flight = frontier_.in_flight();
  snapshot.in_flight_limit = frontier_.limit();
  if (const auto told = frontier_.trouble().told()) {
    const auto since = std::chrono::round<milliseconds>(now - told->since);
    const auto probe = std::chrono::ceil<seconds>(frontier_.trouble().next_probe().value_or(now) - now);
    snapshot.trouble = {wall_now() - since, told->why, std::max(probe, seconds{0})};
  }
  snapshot.queued = frontier_.queued();
  snapshot.retrying = frontier_.retrying();
  snapshot.spilled = frontier_.spilled().lines();
  snapshot.totals = totals_;
  for (const auto& [number, book] : intake_.books()) snapshot.jobs.push_back(book.status(now));
  snapshot.parked = frontier_.parked(now, parked_hosts_told);
  callbacks_.status(std::move(snapshot));
}

}  // namespace gannet::frontier
