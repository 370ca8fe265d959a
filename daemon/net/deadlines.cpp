#include "net/deadlines.hpp"

#include <algorithm>

namespace gannet::net {

void Deadlines::add(Deadline& deadline) {
  armed_.push_back(deadline);
  if (ticking_) return;
  ticking_ = true;
  look_next(Clock::now() + (shut_down_ ? 0ms : resolution));
  sleep();
}

void Deadlines::look_next(TimePoint at) {
  next_look_ = at;
  due_.store(at.time_since_epoch().count(), std::memory_order_relaxed);
}

void Deadlines::fall_asleep() {
  ticking_ = false;
  due_.store(0, std::memory_order_relaxed);
}

milliseconds Deadlines::take_longest_stall() {
  const milliseconds ended{stall_.exchange(0, std::memory_order_relaxed)};
  const TimePoint due{Duration{due_.load(std::memory_order_relaxed)}};
  if (due == TimePoint{}) return ended;
  return std::max(ended, std::chrono::floor<milliseconds>(Clock::now() - due));
}

void Deadlines::sleep() {
  timer_.expires_at(next_look_);
  timer_.async_wait([this](boost::system::error_code error) {
    if (error) return;
    look();
    if (armed_.empty()) {
      fall_asleep();  // an idle lane has nothing to look at
    } else {
      sleep();
    }
  });
}

void Deadlines::look() {
  const auto now = Clock::now();
  if (!ticking_ || now < next_look_) return;
  const auto late = std::chrono::floor<milliseconds>(now - next_look_).count();
  if (late > stall_.load(std::memory_order_relaxed)) stall_.store(late, std::memory_order_relaxed);
  look_next(now + resolution);
  decltype(armed_) due;  // set apart first: one that expires may destroy any other
  for (auto next = armed_.begin(); next != armed_.end();) {
    Deadline& deadline = *next++;
    if (deadline.at_ > now && !shut_down_) continue;
    deadline.unlink();
    due.push_back(deadline);
  }
  while (!due.empty()) due.front().expire(shut_down_ ? Reason::cancelled : due.front().why_);
}

void Deadlines::shut_down() {
  shut_down_ = true;
  while (!armed_.empty()) armed_.front().expire(Reason::cancelled);
  timer_.cancel();  // the lane does not wait for a tick to end
  fall_asleep();
}

void Deadline::arm(TimePoint at, Reason why) {
  at_ = at;
  why_ = why;
  expired_ = all_.shut_down_ ? Reason::cancelled : Reason::none;
  // Also when it has expired already: somebody may be waiting.
  if (!is_linked()) all_.add(*this);
}

void Deadline::disarm() { unlink(); }

void Deadline::expire(Reason why) {
  unlink();
  expired_ = why;
  on_expiry_();
}

}  // namespace gannet::net
