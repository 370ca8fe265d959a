#include "decode/roster.hpp"

#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <cstring>

#include "decode/protocol.hpp"

namespace gannet::decode {
namespace {

constexpr unsigned most_tries = 2;
constexpr milliseconds longest_start{10000}, longest_end{10000};
constexpr milliseconds first_pause{100}, longest_pause{30000};

std::string twice(std::string detail, unsigned tries) { return tries > 1 ? detail + ", twice" : detail; }

}  // namespace

Roster::Roster(const Rules& rules) : rules_(rules), seats_(rules.workers) {}

void Roster::apply(const Rules& rules) {
  rules_ = rules;
  if (seats_.size() < rules.workers) seats_.resize(rules.workers);
}

void Roster::renew() {
  for (Worker& worker : seats_) {
    if (worker.state != State::empty) worker.served = rules_.images;
  }
}

void Roster::born(Seat seat) {
  if (seats_[seat].state == State::starting) seats_[seat].state = State::free;
}

void Roster::replied(Seat seat) {
  Worker& worker = seats_[seat];
  if (worker.state != State::busy) return;
  stillborn_ = 0;
  worker.image.reset();
  worker.state = State::free;
  ++worker.served;
}

void Roster::lied(Seat seat, std::string what) {
  if (seats_[seat].state == State::empty || seats_[seat].state == State::ending) return;
  seats_[seat].state = State::ending;
  seats_[seat].until = TimePoint::min();  // at once
  seats_[seat].fault = {Reason::decode_crashed, std::move(what)};
}

void Roster::died(Seat seat, const Fault& fault, TimePoint now) {
  Worker& worker = seats_[seat];
  if (worker.state == State::empty) return;
  const bool was_ended = worker.state == State::ending;
  const bool was_sent_away = was_ended && worker.fault.reason == Reason::none;
  const bool was_of_use = worker.image || worker.served > 0 || was_sent_away;
  if (worker.image) {
    Waiting image = *worker.image;
    if (++image.tries < most_tries) {
      waiting_.push_front(image);
    } else {
      Fault last = was_ended ? worker.fault : fault;
      last.detail = twice(std::move(last.detail), image.tries);
      settled_.push_back({Act::settle, seat, image.image, std::move(last)});
    }
  }
  worker = {};
  // A worker that dies before it had anything to do will do so again: not too fast.
  stillborn_ = was_of_use ? 0 : stillborn_ + 1;
  const auto pause = first_pause * (1 << std::min(stillborn_, 10u)) / 2;
  worker.until = stillborn_ == 0 ? now : now + std::min<milliseconds>(pause, longest_pause);
}

// What has failed a worker is looked at by one that has seen nothing else.
bool Roster::may_have(const Worker& worker, const Waiting& image) const {
  return image.tries == 0 || worker.served == 0;
}

bool Roster::new_one_comes() const {
  return std::ranges::any_of(seats_, [this, seat = Seat{0}](const Worker& worker) mutable {
    const bool counts = seat++ < rules_.workers;
    return counts && (worker.state == State::empty || worker.state == State::starting || worker.state == State::ending);
  });
}

Roster::Action Roster::end(Seat seat, Fault fault, TimePoint now) {
  seats_[seat].state = State::ending;
  seats_[seat].until = now + longest_end;
  seats_[seat].fault = std::move(fault);
  return {Act::end, seat, 0, {}};
}

Roster::Action Roster::next(TimePoint now) {
  if (!settled_.empty()) {
    Action settled = std::move(settled_.front());
    settled_.pop_front();
    return settled;
  }
  for (Seat seat = 0; seat < seats_.size(); ++seat) {
    Worker& worker = seats_[seat];
    switch (worker.state) {
      case State::empty:
        if (seat >= rules_.workers || now < worker.until) break;
        worker.state = State::starting;
        worker.until = now + longest_start;
        return {Act::spawn, seat, 0, {}};
      case State::starting:
        if (now >= worker.until) return end(seat, {Reason::decode_crashed, "it did not start"}, now);
        break;
      case State::busy:
        if (now >= worker.until) return end(seat, {Reason::decode_timeout, "it took longer than decode.timeout"}, now);
        break;
      case State::free: {
        if (seat >= rules_.workers || worker.served >= rules_.images) return end(seat, {}, now);
        const auto image = std::ranges::find_if(waiting_, [&](const Waiting& one) { return may_have(worker, one); });
        if (image == waiting_.end()) break;
        worker.image = *image;
        waiting_.erase(image);
        worker.state = State::busy;
        worker.until = now + rules_.time;
        return {Act::give, seat, worker.image->image, {}};
      }
      case State::ending:
        if (now >= worker.until) return end(seat, std::move(worker.fault), now);
        break;
    }
  }
  // None of those that are free may have it, and no new one is coming: one makes room for it.
  for (Seat seat = 0; !waiting_.empty() && !new_one_comes() && seat < seats_.size(); ++seat) {
    if (seats_[seat].state == State::free) return end(seat, {}, now);
  }
  return {};
}

TimePoint Roster::wake() const {
  TimePoint first = TimePoint::max();
  for (Seat seat = 0; seat < seats_.size(); ++seat) {
    const Worker& worker = seats_[seat];
    const bool waits = worker.state != State::free && (worker.state != State::empty || seat < rules_.workers);
    if (waits) first = std::min(first, worker.until);
  }
  return first;
}

unsigned Roster::busy() const {
  return static_cast<unsigned>(std::ranges::count_if(seats_, [](const Worker& one) { return one.image.has_value(); }));
}

unsigned Roster::present() const {
  const auto is_there = [](const Worker& one) { return one.state == State::free || one.state == State::busy; };
  return static_cast<unsigned>(std::ranges::count_if(seats_, is_there));
}

Fault fault_of(int wait_status) {
  if (WIFEXITED(wait_status)) {
    const int code = WEXITSTATUS(wait_status);
    if (code == exit_unlocked) return {Reason::decode_crashed, "the worker could not lock itself in"};
    return {Reason::decode_crashed, "the worker ended with exit code " + std::to_string(code)};
  }
  const int signal = WTERMSIG(wait_status);
  switch (signal) {
    case SIGXCPU:
      return {Reason::decode_timeout, "it used up decode.cpu"};
    case SIGSYS:
      return {Reason::decode_crashed, "the worker tried a system call that is forbidden"};
    case SIGKILL:
      return {Reason::decode_crashed, "the worker was killed, perhaps for lack of memory"};
    default:
      return {Reason::decode_crashed, std::string("the worker died: ") + ::strsignal(signal)};
  }
}

}  // namespace gannet::decode
