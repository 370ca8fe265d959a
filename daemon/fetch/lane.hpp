// A lane: one thread, one event loop, its own connections, names and TLS context. Tasks come in through its mailbox,
// and each leaves exactly once through the callback, on the lane's thread, together with others that ended in the same
// turn of the event loop. Nothing inside is locked.
#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "core/fetch_task.hpp"
#include "core/mailbox.hpp"
#include "core/settings.hpp"
#include "fetch/fetcher.hpp"

namespace gannet::fetch {

class Lane {
 public:
  using Deliver = std::function<void(std::vector<Fetched>)>;

  /// Starts the thread. Throws std::runtime_error when the trust store or the resolver cannot be set up.
  /// `store_has_room` is asked on the lane's thread; once it is true again, store_made_room() says so. `gate`, which
  /// may be null, is that of all lanes.
  Lane(unsigned number, const FetchSettings& settings, Deliver deliver, EarlyCheck check = {},
       std::function<bool()> store_has_room = {}, net::AddressGate* gate = nullptr, Spool* spool = nullptr);

  ~Lane() { stop(); }

  /// Cancels what is running, delivers it, and joins the thread.
  void stop();

  /// Any thread.
  void post(std::vector<FetchTask> tasks) { mailbox_.post(std::move(tasks)); }

  /// The name of this host will be needed soon. Any thread.
  void prefetch(std::string host);

  /// Any thread.
  void store_made_room();

  /// See Fetcher. Any thread.
  void apply(const FetchSettings& settings);

  /// Open connections. Any thread.
  std::size_t connections() const { return fetcher_.connections(); }

  /// Bytes of bodies in memory that were not delivered. Any thread.
  ByteCount body_bytes() const { return fetcher_.body_bytes(); }

  /// The longest time since this was last asked that one thing kept the lane from all others, as its deadlines have it;
  /// and for how long it has owed an answer to the question before, which a lane with nothing to do owes too. Any one
  /// thread.
  milliseconds take_longest_stall();

  /// Every task, running or to come, is delivered at once as `cancelled`. Any thread.
  void cancel();

 private:
  void take_in();
  void begin_some();
  net::Task<void> carry_out(FetchTask task);
  void deliver_soon(Fetched fetched);
  void deliver_some();
  bool is_crowded() const;
  void sweep_idle();

  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  Deliver deliver_;
  Fetcher fetcher_;
  boost::asio::steady_timer sweep_;
  bool cancelled_ = false;
  std::deque<FetchTask> waiting_;         // for their turn to begin
  std::vector<Fetched> ended_;            // and not delivered yet
  ByteCount undelivered_ = 0;             // bytes of these
  std::atomic<TimePoint::rep> asked_{0};  // when it was asked whether it goes round; 0: it has answered
  Mailbox<std::vector<FetchTask>> mailbox_;
  std::thread thread_;
};

}  // namespace gannet::fetch
