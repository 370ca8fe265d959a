// What is known of one host, and so what it may be asked for now: its concurrency limit, its pace, whether it is parked
// or dead. Plain code without clock or queue; `now` never goes backwards.
#pragma once

#include <algorithm>
#include <optional>

#include "core/host_policy.hpp"
#include "core/time.hpp"
#include "frontier/pace.hpp"

namespace gannet::frontier {

class HostState {
 public:
  /// How an attempt ended, as far as the host is concerned.
  enum class Signal : unsigned char {
    worked,       // it answered as a healthy host does, whatever it said about the URL
    refused,      // 403: about the URL, unless suddenly most are
    struggling,   // a timeout, a reset, a server error
    overloaded,   // 429 or 503
    unreachable,  // no connection came about
    unrelated,    // says nothing about the host
  };

  struct End {
    Signal signal = Signal::unrelated;
    std::optional<seconds> retry_after{};
    TimePoint started{};
    milliseconds took{0};  // of that, the fetching
    ByteCount received = 0;
    bool asked = true;  // the host, for anything
  };

  /// What the host is doing after a signal.
  enum class Standing : unsigned char { in_use, parked, dead };

  /// What a restart should not forget.
  struct Memory {
    double limit = 1;
    unsigned busy_parks = 0;
    unsigned unreachable_parks = 0;
    milliseconds parked_for{0};  // from now; less than 0: so long ago it ended
    milliseconds dead_for{0};
    unsigned successes = 0;     // less refusals, until it is known to let us in
    unsigned refused = 0;       // of the last answers
    milliseconds paced_for{0};  // from now, by its pace; none when little
    milliseconds pace{0};       // likewise, from the last request
  };

  /// A restart takes longer than to wait for less.
  static constexpr milliseconds least_pace = 500ms;

  /// Without being parked again; then what it was parked for before counts no more.
  static constexpr milliseconds penalties_last = 24h;

  explicit HostState(const HostPolicy& policy);

  Memory memory(TimePoint now) const;

  /// Believes no more than what could have come about.
  void recall(const Memory& memory, const HostPolicy& policy, TimePoint now);

  /// When the next request may start under this policy, which need not be that of the last one: `now` or earlier means
  /// at once; nothing means not before one has ended.
  std::optional<TimePoint> next_start(const HostPolicy& policy) const;

  void started(const HostPolicy& policy, TimePoint now);
  Standing ended(const HostPolicy& policy, const End& end, TimePoint now);

  /// Whether it takes many requests over one connection, as its last answer told; its ceiling is another then.
  void multiplexes(bool does) { multiplexes_ = does && !keeps_to_http1_; }
  /// It does not, whatever is still answered over the connections that are there.
  void keep_to_http1() {
    keeps_to_http1_ = true;
    multiplexes_ = false;
  }
  bool multiplexes() const { return multiplexes_; }

  /// What its robots.txt asks for, between two starts of lines that obey it. Until that is known they come one by one.
  void crawl_delay(milliseconds delay) {
    crawl_delay_ = delay;
    knows_robots_ = true;
  }

  /// Nothing starts until then, which says nothing about the host.
  void hold(TimePoint until) { held_until_ = std::max(held_until_, until); }

  unsigned in_flight() const { return in_flight_; }
  unsigned limit() const { return static_cast<unsigned>(limit_); }
  TimePoint parked_until() const { return parked_until_; }
  bool dead(TimePoint now) const { return now < dead_until_; }
  TimePoint left_alone_until() const { return std::max(parked_until_, dead_until_); }

  /// How long it was last left alone after a request.
  Duration pace() const { return pace_kept_; }

  /// How often it was parked since it last worked.
  unsigned parks(TimePoint now) const { return penalties_over(now) ? 0 : busy_parks_ + unreachable_parks_; }

  /// Until when a fresh state would be asked although this one is not; at least when it was last asked. While nothing
  /// is in flight.
  TimePoint known_until() const { return std::max({last_end_, paced_until_, left_alone_until()}); }

 private:
  Rate rate(const HostPolicy& policy) const;
  unsigned ceiling(const HostPolicy& policy) const { return multiplexes_ ? policy.streams : policy.ceiling; }
  unsigned most_in_flight(const HostPolicy& policy) const;
  TimePoint next_by_pace(const HostPolicy& policy) const;
  bool penalties_over(TimePoint now) const { return now >= parked_until_ + penalties_last; }
  void age(TimePoint now);
  void answered(bool refused);
  bool refuses_most() const;
  Standing park_if_due(const HostPolicy& policy, const End& end, TimePoint now);
  Standing stay_parked(const End& end, TimePoint now);
  void park(milliseconds first, milliseconds most, unsigned times, std::optional<seconds> at_least, TimePoint now);

  double limit_;
  bool multiplexes_ = false;
  bool keeps_to_http1_ = false;
  bool knows_robots_ = false;
  unsigned in_flight_ = 0;
  unsigned failed_connects_ = 0;  // in a row
  unsigned busy_parks_ = 0;       // since it last worked
  unsigned unreachable_parks_ = 0;
  std::uint32_t last_answers_ = 0;  // a bit each, the last one lowest; set: refused
  unsigned successes_ = 0;          // less refusals, until they are enough to know it by
  Pace pace_;
  milliseconds crawl_delay_{0};
  milliseconds last_took_{0};  // the fetching
  TimePoint last_end_ = TimePoint::min();
  TimePoint paced_until_{};     // by what those asked for who asked it
  TimePoint paced_by_start_{};  // likewise, from the last start, whatever comes of it
  Duration pace_kept_{0};       // how long the last of them left it alone
  TimePoint last_cut_{};        // of the limit
  TimePoint last_park_{};
  TimePoint parked_until_{};
  TimePoint held_until_{};
  TimePoint dead_until_{};
};

}  // namespace gannet::frontier
