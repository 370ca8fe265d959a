// Which image goes to which worker, and what follows when one is late, lies or dies: plain decisions without processes
// or clocks. Workers sit on numbered seats; an image is a number. Events come in, next() says what to do about them.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "core/reason.hpp"
#include "core/time.hpp"

namespace gannet::decode {

class Roster {
 public:
  using Image = std::uint64_t;
  using Seat = unsigned;

  struct Rules {
    unsigned workers = 1;
    milliseconds time{20000};  // that a worker has for an image
    unsigned images = 1000;    // of a worker, before another takes its place: codecs leak
  };

  enum class Act : unsigned char {
    wait,   // until wake(), or an event
    spawn,  // a worker for `seat`
    give,   // `image` to the worker on `seat`
    end,    // the worker on `seat`, by force; again when no end of it is heard of
    settle  // `image` has failed for good: `fault`
  };
  struct Action {
    Act act = Act::wait;
    Seat seat = 0;
    Image image = 0;
    Fault fault{};
  };

  explicit Roster(const Rules& rules);

  void apply(const Rules& rules);  // the time counts from the next image on, workers come and go

  /// Those that are there make room for new ones, each after the image that it has.
  void renew();

  void add(Image image) { waiting_.push_back({image, 0}); }
  void born(Seat seat);
  /// A good reply to the image it has.
  void replied(Seat seat);
  /// It said what makes no sense, or cannot be spoken to.
  void lied(Seat seat, std::string what);
  /// It has ended, or never was; `fault` says how.
  void died(Seat seat, const Fault& fault, TimePoint now);

  /// Asked until it says `wait`. Each is taken for done.
  Action next(TimePoint now);
  /// When next() is to be asked again though nothing happened.
  TimePoint wake() const;

  std::size_t waiting() const { return waiting_.size(); }
  unsigned busy() const;
  unsigned present() const;
  bool idle() const { return waiting_.empty() && settled_.empty() && busy() == 0; }

 private:
  struct Waiting {
    Image image = 0;
    unsigned tries = 0;
  };
  enum class State : unsigned char { empty, starting, free, busy, ending };
  struct Worker {
    State state = State::empty;
    TimePoint until{};  // empty: when to spawn; else, unless it is free, the deadline
    unsigned served = 0;
    std::optional<Waiting> image;
    Fault fault{};  // for which it is being ended
  };

  bool may_have(const Worker& worker, const Waiting& image) const;
  bool new_one_comes() const;
  Action end(Seat seat, Fault fault, TimePoint now);

  Rules rules_;
  std::vector<Worker> seats_;
  std::deque<Waiting> waiting_;
  std::deque<Action> settled_;
  unsigned stillborn_ = 0;  // in a row
};

/// How a process ended, from what waitpid() says: `decode_timeout` when its processor time was used up, else
/// `decode_crashed`.
Fault fault_of(int wait_status);

}  // namespace gannet::decode
