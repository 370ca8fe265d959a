#include "fetch/lane.hpp"

#include <pthread.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <iterator>
#include <string>

namespace gannet::fetch {

namespace asio = boost::asio;

namespace {

constexpr seconds sweep_every{5};
constexpr unsigned begun_a_turn = 32;
constexpr std::size_t delivered_a_turn = 16;
constexpr std::size_t most_undelivered = 32;           // then answers wait in their sockets, as for the store
constexpr ByteCount most_undelivered_bytes = 8 << 20;  // likewise

// What a bug costs: the task it happened in, told as one.
Fetched broken(FetchTask task, const char* what) {
  spdlog::error("a bug, please report it: fetching {} ended with: {}", task.row.url, what);
  Fetched fetched;
  fetched.record.job = task.job;
  fetched.record.line = task.row.line;
  fetched.record.url = task.row.url;
  fetched.record.question = task.question;
  fetched.record.attempts = task.attempt;
  fetched.record.reason = Reason::bad_response;
  fetched.record.outcome = Outcome::failed;
  fetched.record.detail = std::string("internal error: ") + what;
  fetched.task = std::move(task);
  return fetched;
}

}  // namespace

Lane::Lane(unsigned number, const FetchSettings& settings, Deliver deliver, EarlyCheck check,
           std::function<bool()> store_has_room, net::AddressGate* gate, Spool* spool)
    : work_(asio::make_work_guard(io_)),
      deliver_(std::move(deliver)),
      fetcher_(
          io_, settings, std::move(check),
          [this, store_has_room = std::move(store_has_room)] {
            return !is_crowded() && (!store_has_room || store_has_room());
          },
          gate, spool),
      sweep_(io_),
      mailbox_([this] { asio::post(io_, [this] { take_in(); }); }) {
  sweep_idle();
  thread_ = std::thread([this, number] {
    pthread_setname_np(pthread_self(), ("lane-" + std::to_string(number)).c_str());
    io_.run();
  });
}

void Lane::stop() {
  if (!thread_.joinable()) return;
  cancel();
  work_.reset();
  thread_.join();
}

void Lane::cancel() {
  asio::post(io_, [this] {
    cancelled_ = true;
    fetcher_.shut_down();
    sweep_.cancel();
  });
}

void Lane::take_in() {
  const bool idle = waiting_.empty();
  mailbox_.drain([this](std::vector<FetchTask>&& tasks) { std::ranges::move(tasks, std::back_inserter(waiting_)); });
  if (idle) begin_some();
}

// A few in each turn of the event loop: thousands of new connections at once would keep it from all others.
void Lane::begin_some() {
  for (unsigned begun = 0; begun < begun_a_turn && !waiting_.empty(); ++begun) {
    asio::co_spawn(io_, carry_out(std::move(waiting_.front())), asio::detached);
    waiting_.pop_front();
  }
  if (!waiting_.empty()) asio::post(io_, [this] { begin_some(); });
}

void Lane::prefetch(std::string host) {
  asio::post(io_, [this, host = std::move(host)]() mutable { fetcher_.prefetch(std::move(host)); });
}

void Lane::store_made_room() {
  asio::post(io_, [this] { fetcher_.store_made_room(); });
}

milliseconds Lane::take_longest_stall() {
  const auto now = Clock::now();
  const TimePoint asked{Duration{asked_.load(std::memory_order_relaxed)}};
  const auto precise = fetcher_.take_longest_stall();
  if (asked != TimePoint{}) return std::max(precise, std::chrono::floor<milliseconds>(now - asked));
  if (thread_.joinable()) {  // else nobody is there to answer
    asked_.store(now.time_since_epoch().count(), std::memory_order_relaxed);
    asio::post(io_, [this] { asked_.store(0, std::memory_order_relaxed); });
  }
  return precise;
}

void Lane::apply(const FetchSettings& settings) {
  asio::post(io_, [this, settings] { fetcher_.apply(settings); });
}

net::Task<void> Lane::carry_out(FetchTask task) {
  const JobNumber job = task.job;
  const OriginId origin = task.origin;
  FetchTask copy;  // enough to account for the line if the attempt throws
  copy.job = job;
  copy.origin = origin;
  copy.options = task.options;
  copy.question = task.question;
  copy.attempt = task.attempt;
  copy.started = task.started;
  copy.row.line = task.row.line;
  copy.row.key = task.row.key;
  copy.row.url = task.row.url;
  Fetched fetched;
  try {
    fetched = co_await fetcher_.attempt(std::move(task));
  } catch (const std::exception& error) {
    fetched = broken(std::move(copy), error.what());
  }
  deliver_soon(std::move(fetched));
}

bool Lane::is_crowded() const { return ended_.size() >= most_undelivered || undelivered_ >= most_undelivered_bytes; }

// Together with what else is ready in this turn, so that whoever hears of it is woken once.
void Lane::deliver_soon(Fetched fetched) {
  undelivered_ += fetched.body.size();
  ended_.push_back(std::move(fetched));
  if (ended_.size() == 1) asio::post(io_, [this] { deliver_some(); });
}

// A few in each turn here too: what is done with them, hashing for one, takes longer than all else that a lane does.
void Lane::deliver_some() {
  const auto end = ended_.begin() + static_cast<std::ptrdiff_t>(std::min(ended_.size(), delivered_a_turn));
  std::vector<Fetched> some(std::make_move_iterator(ended_.begin()), std::make_move_iterator(end));
  const bool crowded = is_crowded();
  ended_.erase(ended_.begin(), end);
  for (const auto& one : some) undelivered_ -= one.body.size();
  if (crowded) fetcher_.store_made_room();
  if (!ended_.empty()) asio::post(io_, [this] { deliver_some(); });
  deliver_(std::move(some));
}

void Lane::sweep_idle() {
  sweep_.expires_after(sweep_every);
  sweep_.async_wait([this](boost::system::error_code error) {
    if (error || cancelled_) return;  // it may have been due already when it was cancelled
    fetcher_.sweep(Clock::now());
    sweep_idle();
  });
}

}  // namespace gannet::fetch
