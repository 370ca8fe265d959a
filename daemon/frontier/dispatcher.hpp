// Carries out what the frontier decides, on a thread of its own: reads the lists of all jobs ahead of their fetching,
// posts tasks to lanes, hears how they ended, and knows of every line until its record is durable. All public functions
// may be called from any thread; the callbacks run on the dispatcher's.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <thread>
#include <vector>

#include "core/mailbox.hpp"
#include "core/settings.hpp"
#include "frontier/frontier.hpp"
#include "frontier/job_book.hpp"

namespace gannet::frontier {

/// How an attempt ended, as a lane tells it.
struct AttemptEnd {
  FetchTask task;  // its row only when the attempt failed
  Record record;
  std::optional<seconds> retry_after;
  unsigned lane = 0;
};

/// A record that became durable.
struct Receipt {
  JobNumber job = 0;
  Outcome outcome = Outcome::ok;
  Reason reason = Reason::none;
  std::uint64_t bytes = 0;
};

class Dispatcher {
 public:
  struct Callbacks {
    std::function<void(unsigned lane, FetchTask)> start;
    std::function<void(Finished)> record;  // a line that ends without bytes
    std::function<bool()> room;            // whether what is fetched could be stored soon
    std::function<void()> flush;           // nothing is under way: waiting for more records is in vain
    std::function<void(JobEnd)> job_ended;
    std::function<void(Snapshot)> status;  // every status interval; queues and jobs are filled in
    std::function<void()> drained;
  };

  Dispatcher(const FrontierSettings& settings, milliseconds status_interval, unsigned lanes, Callbacks callbacks);
  ~Dispatcher();

  void add(NewJob job);
  void ended(AttemptEnd end) { ends_.post(std::move(end)); }
  void recorded(std::vector<Receipt> receipts) { receipts_.post(std::move(receipts)); }
  void room_made();
  void apply(FrontierSettings settings);

  /// Calls `status` once more, after everything said to the dispatcher before was heard.
  void ask_status();

  /// Starts nothing more; `drained` is called once, when no attempt is under way.
  void drain();

 private:
  void hear_ends();
  void hear_receipts();
  void pump();
  void read_more();
  void take_in(JobBook& book, std::vector<Row> rows, TimePoint now);
  void give_up(FetchTask task);
  void arm_timer();
  void tell_status();
  void tell_status_again();

  FrontierSettings settings_;
  milliseconds status_interval_;
  Callbacks callbacks_;
  Frontier frontier_;
  Totals totals_;
  std::map<JobNumber, JobBook> books_;
  std::uint64_t outstanding_ = 0;  // of all books
  bool draining_ = false;

  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  boost::asio::steady_timer wake_;
  boost::asio::steady_timer status_;
  Mailbox<AttemptEnd> ends_;
  Mailbox<std::vector<Receipt>> receipts_;
  std::thread thread_;
};

}  // namespace gannet::frontier
