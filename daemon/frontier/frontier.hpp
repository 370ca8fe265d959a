// The lines that are waiting to be fetched, by origin, and the decision which is next. Plain code: no socket, clock or
// thread; `now` is passed in and never goes backwards. Owned and called by the dispatcher's thread.
//
// Every task added leaves exactly once: started and then ended for good, or given up.
#pragma once

#include <deque>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/fetch_task.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "frontier/host_state.hpp"
#include "frontier/pace.hpp"

namespace gannet::frontier {

class Frontier {
 public:
  Frontier(const FrontierSettings& settings, unsigned lanes, std::uint64_t seed);

  /// `origin` is scheme, host and port: Url::origin().
  void add(FetchTask task, const std::string& origin, TimePoint now);

  struct Action {
    enum class Kind : unsigned char {
      start,    // post the task to the lane
      give_up,  // record it as `host_dead`
    };
    Kind kind = Kind::start;
    FetchTask task;
    unsigned lane = 0;
  };

  /// What to do now, or nothing until next_wake(), add() or ended().
  std::optional<Action> next(TimePoint now);

  /// A host that will be asked for the first time soon, so its name may be looked up meanwhile.
  struct Hint {
    std::string origin;
    unsigned lane = 0;
  };

  /// Another host that has to wait before its first request, in the order in which they came; each once. To be asked
  /// when next() has nothing to start. Few at a time are ahead of their start: what is known of a name does not last.
  std::optional<Hint> hint();

  /// When next() may have something to do although nothing was added or ended.
  std::optional<TimePoint> next_wake() const;

  enum class Fate : unsigned char {
    final,   // this is how the line ended
    retried  // it will be started again; the task was taken
  };

  /// Hears how an attempt that was started ended. Called exactly once for each start.
  Fate ended(FetchTask& task, const Record& record, std::optional<seconds> retry_after, unsigned lane, TimePoint now);

  void apply(const FrontierSettings& settings);

  std::uint64_t in_flight() const { return in_flight_; }
  std::uint64_t queued() const { return queued_; }  // waiting, retries included
  std::uint64_t retrying() const { return delayed_.size(); }
  std::vector<HostStatus> parked(TimePoint now, std::size_t most) const;

 private:
  struct Host {
    Host(std::string name, const HostPolicy& what, unsigned lanes)
        : origin(std::move(name)), policy(what), state(policy), per_lane(lanes) {}
    std::string origin;
    HostPolicy policy;
    HostState state;
    std::list<FetchTask> pending;
    std::list<FetchTask> retries;    // due for another attempt
    std::vector<unsigned> per_lane;  // requests in flight
    unsigned elsewhere = 0;          // tasks in delayed_ and given_up_
    bool ready = false;              // in ready_
    bool waiting = false;            // in waiting_
    enum class Name : unsigned char {
      unasked,  // in fresh_ since its first task came
      hinted,   // told by hint(), not started since
      asked,    // started, so its lane knows it
    } name_state = Name::unasked;
    std::string why_parked;
  };

  Host& host(OriginId id) { return *hosts_[id]; }
  HostPolicy policy_of(const std::string& origin) const;
  OriginId find_or_make(const std::string& origin);
  void make_ready(OriginId id, TimePoint now);
  bool startable(const Host& one) const;
  void wake_due(TimePoint now);
  void give_up_on(Host& dead);
  FetchTask take(Host& from);
  unsigned choose_lane(Host& one) const;
  Rate overall_rate() const { return {settings_.requests_per_second, settings_.bytes_per_second}; }
  bool retry_allowed() const;
  void forget_if_idle(OriginId id, TimePoint now);

  FrontierSettings settings_;
  unsigned lanes_;
  std::mt19937_64 random_;
  Pace pace_;                            // of all hosts together
  std::optional<TimePoint> held_until_;  // by that pace
  std::uint64_t in_flight_ = 0;
  std::uint64_t retries_in_flight_ = 0;
  std::uint64_t queued_ = 0;
  std::unordered_map<std::string, OriginId> ids_;
  std::vector<std::unique_ptr<Host>> hosts_;  // by id; empty where an id is free
  std::vector<OriginId> free_ids_;
  std::deque<OriginId> ready_;                   // hosts that may start something, in turn
  std::multimap<TimePoint, OriginId> waiting_;   // hosts that may start something later
  std::multimap<TimePoint, FetchTask> delayed_;  // retries waiting for their backoff
  std::list<FetchTask> given_up_;
  std::deque<OriginId> fresh_;  // hosts in the order they came; some have been started since
  std::size_t hints_ahead_ = 0;
};

}  // namespace gannet::frontier
