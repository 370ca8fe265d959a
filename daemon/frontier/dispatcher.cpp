#include "frontier/dispatcher.hpp"

#include <pthread.h>

#include <algorithm>
#include <random>

#include "core/url.hpp"

namespace gannet::frontier {

namespace {

constexpr std::size_t rows_a_weight = 64;  // read at a time for each point of a job's weight
constexpr std::size_t rows_a_turn = 1024;  // then the dispatcher looks at what else has come
constexpr std::size_t names_a_turn = 64;   // looked up ahead
constexpr std::size_t parked_hosts_told = 100;

Record final_record(const FetchTask& task, Reason reason, std::string detail) {
  Record record;
  record.job = task.job;
  record.line = task.row.line;
  record.url = task.row.url;
  record.reason = reason;
  record.outcome = outcome_of(reason);
  record.detail = std::move(detail);
  return record;
}

}  // namespace

Dispatcher::Dispatcher(const FrontierSettings& settings, milliseconds status_interval, unsigned lanes,
                       Callbacks callbacks)
    : settings_(settings),
      status_interval_(status_interval),
      callbacks_(std::move(callbacks)),
      frontier_(settings, lanes, std::random_device{}()),
      starts_(lanes),
      mailbox_([this] { bell_.ring(); }) {
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
    settings_ = settings;
    frontier_.apply(settings);
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
    const auto due = next_wake();
    if (!read_on_) bell_.wait_until(std::min(next_status_, due));
    const bool heard = hear();
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
      const JobNumber number = job->job.number;
      books_.try_emplace(number, std::move(*job), now);
    } else if (auto* ends = std::get_if<std::vector<AttemptEnd>>(&message)) {
      for (auto& end : *ends) hear_end(std::move(end), now);
    } else if (auto* receipts = std::get_if<std::vector<Receipt>>(&message)) {
      for (const auto& receipt : *receipts) hear_receipt(receipt);
    } else {
      std::get<Command>(message)();
    }
  });
  return heard;
}

void Dispatcher::hear_end(AttemptEnd end, TimePoint now) {
  const auto fate = frontier_.ended(end.task, end.record, end.retry_after, end.lane, now);
  // A cancelled line has no end yet: it stays without a record and is fetched by the next run.
  const bool recorded_here = end.record.reason != Reason::none && end.record.reason != Reason::cancelled;
  if (fate != Frontier::Fate::final || !recorded_here) return;
  Finished finished;
  finished.key = end.task.row.key;
  finished.record = std::move(end.record);
  callbacks_.record(std::move(finished));
}

void Dispatcher::hear_receipt(const Receipt& receipt) {
  totals_.add(receipt.outcome, receipt.reason, receipt.bytes);
  const auto book = books_.find(receipt.job);
  if (book == books_.end()) return;
  book->second.recorded(receipt.outcome, receipt.reason, receipt.bytes);
  --outstanding_;
}

void Dispatcher::pump() {
  read_on_ = false;
  if (draining_) {
    if (frontier_.in_flight() == 0 && callbacks_.drained) std::exchange(callbacks_.drained, nullptr)();
    return;
  }
  read_more();
  start_tasks();
  look_ahead();
  for (auto book = books_.begin(); book != books_.end();) {
    if (!book->second.finished()) {
      ++book;
      continue;
    }
    callbacks_.job_ended(std::move(book->second).end());
    book = books_.erase(book);
  }
  if (outstanding_ > 0 && frontier_.in_flight() == 0 && frontier_.queued() == 0) callbacks_.flush();
}

void Dispatcher::start_tasks() {
  const auto now = Clock::now();
  while ((has_room_ = callbacks_.room())) {
    auto action = frontier_.next(now);
    if (!action) break;
    switch (action->kind) {
      case Frontier::Action::Kind::start:
        starts_[action->lane].push_back(std::move(action->task));
        break;
      case Frontier::Action::Kind::give_up:
        give_up(std::move(action->task));
        break;
    }
  }
  for (unsigned lane = 0; lane < starts_.size(); ++lane) {
    if (!starts_[lane].empty()) callbacks_.start(lane, std::exchange(starts_[lane], {}));
  }
}

void Dispatcher::read_more() {
  unsigned weights = 0;
  for (const auto& [number, book] : books_) weights += book.read_to_end() ? 0 : book.weight();
  std::size_t rows = 0;
  for (bool progress = true; progress && outstanding_ < settings_.window_lines;) {
    progress = false;
    if (rows >= rows_a_turn) {  // a resumed list skips millions that are recorded: others have their turn meanwhile
      read_on_ = true;
      return;
    }
    for (auto& [number, book] : books_) {
      if (book.read_to_end()) continue;
      const auto share = std::max<std::uint64_t>(settings_.window_lines * book.weight() / weights, rows_a_weight);
      if (book.outstanding() >= share) continue;
      const std::size_t most = rows_a_weight * book.weight();
      take_in(book, book.read(most), Clock::now());
      rows += most;
      progress = true;
    }
  }
}

void Dispatcher::take_in(JobBook& book, std::vector<Row> rows, TimePoint now) {
  outstanding_ += rows.size();
  for (auto& row : rows) {
    FetchTask task;
    task.job = book.job().number;
    task.options = book.job().options;
    task.queued = now;
    task.row = std::move(row);
    Fault fault{task.row.fault, std::move(task.row.detail)};
    if (fault.reason == Reason::none) {
      const auto url = Url::parse(task.row.url);
      if (url) {
        task.url_is_normal = url->text() == task.row.url;
        frontier_.add(std::move(task), url->origin(), now);
        continue;
      }
      fault = url.error();
    }
    Finished finished;
    finished.record = final_record(task, fault.reason, std::move(fault.detail));
    callbacks_.record(std::move(finished));
  }
}

void Dispatcher::give_up(FetchTask task) {
  Finished finished;
  finished.record = final_record(task, Reason::host_dead, "given up after failing to connect again and again");
  finished.record.attempts = task.attempt - 1;
  callbacks_.record(std::move(finished));
}

void Dispatcher::look_ahead() {
  for (std::size_t names = 0; names < names_a_turn; ++names) {
    const auto hint = frontier_.hint();
    if (!hint) return;
    if (auto url = Url::parse(hint->origin)) callbacks_.prefetch(hint->lane, std::move(url->host));
  }
}

void Dispatcher::tell_status() {
  const auto now = Clock::now();
  Snapshot snapshot;
  snapshot.state = draining_ ? "draining" : "running";
  snapshot.in_flight = frontier_.in_flight();
  snapshot.queued = frontier_.queued();
  snapshot.retrying = frontier_.retrying();
  snapshot.totals = totals_;
  for (const auto& [number, book] : books_) snapshot.jobs.push_back(book.status(now));
  snapshot.parked = frontier_.parked(now, parked_hosts_told);
  callbacks_.status(std::move(snapshot));
}

}  // namespace gannet::frontier
