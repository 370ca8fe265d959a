#include "frontier/dispatcher.hpp"

#include <pthread.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <random>

#include "core/url.hpp"

namespace gannet::frontier {

namespace asio = boost::asio;

namespace {

constexpr std::size_t rows_a_weight = 64;   // read at a time for each point of a job's weight
constexpr std::size_t rows_a_turn = 16384;  // then the dispatcher looks at what else has come
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
      work_(asio::make_work_guard(io_)),
      wake_(io_),
      status_(io_),
      ends_([this] { asio::post(io_, [this] { hear_ends(); }); }),
      receipts_([this] { asio::post(io_, [this] { hear_receipts(); }); }) {
  tell_status_again();
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "dispatcher");
    io_.run();
  });
}

Dispatcher::~Dispatcher() {
  asio::post(io_, [this] {
    wake_.cancel();
    status_.cancel();
    work_.reset();
    io_.stop();
  });
  thread_.join();
}

void Dispatcher::add(NewJob job) {
  // std::function wants copies: the job goes through a pointer that only the one call owns.
  auto* raw = new NewJob(std::move(job));
  asio::post(io_, [this, owned = std::unique_ptr<NewJob>(raw)]() mutable {
    const JobNumber number = owned->job.number;
    books_.try_emplace(number, std::move(*owned), Clock::now());
    pump();
  });
}

void Dispatcher::room_made() {
  asio::post(io_, [this] { pump(); });
}

void Dispatcher::apply(FrontierSettings settings) {
  asio::post(io_, [this, settings] {
    settings_ = settings;
    frontier_.apply(settings);
    pump();
  });
}

void Dispatcher::ask_status() {
  asio::post(io_, [this] { tell_status(); });
}

void Dispatcher::drain() {
  asio::post(io_, [this] {
    draining_ = true;
    wake_.cancel();
    pump();
  });
}

void Dispatcher::hear_ends() {
  const auto now = Clock::now();
  ends_.drain([&](AttemptEnd&& end) {
    const auto fate = frontier_.ended(end.task, end.record, end.retry_after, end.lane, now);
    // A cancelled line has no end yet: it stays without a record and is fetched by the next run.
    const bool recorded_here = end.record.reason != Reason::none && end.record.reason != Reason::cancelled;
    if (fate == Frontier::Fate::final && recorded_here) {
      Finished finished;
      finished.key = end.task.row.key;
      finished.record = std::move(end.record);
      callbacks_.record(std::move(finished));
    }
  });
  pump();
}

void Dispatcher::hear_receipts() {
  receipts_.drain([&](std::vector<Receipt>&& receipts) {
    for (const auto& receipt : receipts) {
      totals_.add(receipt.outcome, receipt.reason, receipt.bytes);
      const auto book = books_.find(receipt.job);
      if (book == books_.end()) continue;
      book->second.recorded(receipt.outcome, receipt.reason, receipt.bytes);
      --outstanding_;
    }
  });
  pump();
}

void Dispatcher::pump() {
  if (draining_) {
    if (frontier_.in_flight() == 0 && callbacks_.drained) std::exchange(callbacks_.drained, nullptr)();
    return;
  }
  read_more();
  const auto now = Clock::now();
  bool room = true;
  while ((room = callbacks_.room())) {
    auto action = frontier_.next(now);
    if (!action) break;
    switch (action->kind) {
      case Frontier::Action::Kind::start:
        callbacks_.start(action->lane, std::move(action->task));
        break;
      case Frontier::Action::Kind::give_up:
        give_up(std::move(action->task));
        break;
    }
  }
  for (auto book = books_.begin(); book != books_.end();) {
    if (!book->second.finished()) {
      ++book;
      continue;
    }
    callbacks_.job_ended(std::move(book->second).end());
    book = books_.erase(book);
  }
  if (outstanding_ > 0 && frontier_.in_flight() == 0 && frontier_.queued() == 0) callbacks_.flush();
  if (room) arm_timer();  // without, room_made() comes, and what is due would only ring again and again
}

void Dispatcher::read_more() {
  unsigned weights = 0;
  for (const auto& [number, book] : books_) weights += book.read_to_end() ? 0 : book.weight();
  std::size_t rows = 0;
  for (bool progress = true; progress && outstanding_ < settings_.window_lines;) {
    progress = false;
    if (rows >= rows_a_turn) {  // a resumed list skips millions that are recorded: others have their turn meanwhile
      room_made();
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
    task.queued = now;
    task.row = std::move(row);
    Fault fault{task.row.fault, std::move(task.row.detail)};
    if (fault.reason == Reason::none) {
      const auto url = Url::parse(task.row.url);
      if (url) {
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

void Dispatcher::arm_timer() {
  const auto wake = frontier_.next_wake();
  if (!wake) return;
  wake_.expires_at(*wake);
  wake_.async_wait([this](boost::system::error_code error) {
    if (!error) pump();
  });
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

void Dispatcher::tell_status_again() {
  tell_status();
  status_.expires_after(status_interval_);
  status_.async_wait([this](boost::system::error_code error) {
    if (!error) tell_status_again();
  });
}

}  // namespace gannet::frontier
