// `fetch.connections: auto`: how many requests may be in flight over all hosts, found by trying. Plain code, owned by
// the dispatcher, which tells it once a second what came of the present number.
//
// It climbs: the number is changed by a step, and the step is kept when it was worth it. More requests must bring a
// quarter of what they would bring if nothing else were short; fewer are kept when they cost next to nothing. So it
// settles at the smallest number that gets nearly all there is to get. At once it takes steps of double the number,
// after the first that was not worth it small ones, with a rest between. Names that are not resolved and connections
// that time out, more than before, are the sign of something that is overloaded on our side, a name server or a
// router: then it goes down, and stays below for a while if that helped. A busy processor is not given more to do.
#pragma once

#include <algorithm>

#include "core/time.hpp"
#include "frontier/local_trouble.hpp"

namespace gannet::frontier {

class AutoConnections {
 public:
  static constexpr unsigned least = 64;  // unless `most` is less
  static constexpr unsigned first = 256;
  static constexpr Duration interval = std::chrono::seconds{1};

  explicit AutoConnections(unsigned most);

  /// What happened in one interval.
  struct Seen {
    double records = 0;    // attempts that ended with an answer
    double bytes = 0;      // received
    double failures = 0;   // attempts that ended because a name was not resolved or a connection timed out
    double cpu = 0;        // of all that the process could have used, 0 to 1
    bool limited = false;  // more would have been started

    /// Counts an attempt that ended.
    void count(LocalTrouble::Sign sign, std::uint64_t received) {
      using Sign = LocalTrouble::Sign;
      records += sign == Sign::reached ? 1 : 0;
      failures += sign == Sign::no_name || sign == Sign::no_way ? 1 : 0;
      bytes += static_cast<double>(received);
    }
  };

  /// Hears of an interval and returns how many may be in flight in the next. An interval in which the number was no
  /// limit says nothing of it.
  unsigned feed(const Seen& seen);

  unsigned limit() const { return limit_; }
  unsigned most() const { return most_; }

 private:
  // What a number was worth, over some intervals.
  struct Worth {
    double records = 0, bytes = 0, failures = 0, cpu = 0;
    double failing() const { return failures / std::max(records, 1.0); }
  };

  enum class Step : unsigned char {
    none,     // it is measured what there is now
    up,       // tried
    down,     // tried
    relieve,  // because of failures
  };

  void judge(const Worth& now);
  void take(Step step);
  void keep(bool go_on);
  void go_back();
  void rest();
  unsigned ceiling() const;

  unsigned least_, most_;
  unsigned limit_;
  Step step_ = Step::none;
  Step next_ = Step::up;
  unsigned came_from_;
  Worth before_;            // at came_from_
  double usual_ = 0;        // failures for each record, that fewer requests would not lower
  double factor_ = 2;       // of a step
  unsigned known_bad_ = 0;  // a number that overloaded something; 0: none
  unsigned bad_for_ = 0;    // intervals
  unsigned waiting_;        // intervals that are not measured
  unsigned measured_ = 0;
  Worth sum_;
};

}  // namespace gannet::frontier
