// Deadlines of one lane. Instead of a timer for every operation, the lane looks at all armed deadlines every 50 ms:
// arming is a store, so a fast response costs nothing. Lane thread only. A Deadline may die at any time.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>
#include <functional>

#include "core/reason.hpp"
#include "core/time.hpp"

namespace gannet::net {

class Deadline;

class Deadlines {
 public:
  static constexpr milliseconds resolution{50};

  explicit Deadlines(boost::asio::io_context& io) : timer_(io) {}

  /// Every deadline, armed now or later, expires at once with `cancelled`: the lane is being stopped. What is armed
  /// later calls `on_expiry` from the event loop, not from within arm().
  void shut_down();

  /// Looks at all that are armed, if it is time to. To be called where the lane goes from one connection to the next:
  /// with thousands of them ready, a timer waits behind all. Nothing it calls may be on the way already.
  void look();

  /// How many deadlines of connections there are. Any thread.
  std::size_t count() const { return count_.load(std::memory_order_relaxed); }

  /// How late the lane looked at them at worst since this was last asked, or is with the look that is due: for so long
  /// one thing has kept it from all others. A lane that has nothing under way is never late by this. Any one thread.
  milliseconds take_longest_stall();

 private:
  friend class Deadline;
  using Hook = boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

  void add(Deadline& deadline);
  void sleep();
  void look_next(TimePoint at);
  void fall_asleep();

  boost::asio::steady_timer timer_;
  bool ticking_ = false;
  TimePoint next_look_{};               // while ticking
  std::atomic<TimePoint::rep> due_{0};  // the same, for other threads; 0 while not
  bool shut_down_ = false;
  std::atomic<std::size_t> count_{0};
  std::atomic<milliseconds::rep> stall_{0};
  boost::intrusive::list<Deadline, boost::intrusive::base_hook<Hook>, boost::intrusive::constant_time_size<false>>
      armed_;
};

/// One point in time after which something must be given up. `on_expiry` is called at most once each time it is armed;
/// it must make the pending operation end, and must not destroy the Deadline itself.
class Deadline : public Deadlines::Hook {
 public:
  /// Whether it is that of a connection.
  enum class Counted : unsigned char { no, yes };

  Deadline(Deadlines& all, std::function<void()> on_expiry, Counted counted = Counted::yes)
      : all_(all), on_expiry_(std::move(on_expiry)), weight_(counted == Counted::yes ? 1 : 0) {
    all_.count_.fetch_add(weight_, std::memory_order_relaxed);
  }
  ~Deadline() { all_.count_.fetch_sub(weight_, std::memory_order_relaxed); }
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  /// `why` is what expired() will say.
  void arm(TimePoint at, Reason why);
  void disarm();

  /// Why it expired; `none` while it has not. Stays until the next arm().
  Reason expired() const { return expired_; }

 private:
  friend class Deadlines;
  void expire(Reason why);

  Deadlines& all_;
  std::function<void()> on_expiry_;
  std::size_t weight_;
  TimePoint at_{};
  Reason why_ = Reason::none;
  Reason expired_ = Reason::none;
};

}  // namespace gannet::net
