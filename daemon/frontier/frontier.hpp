// The lines that are waiting to be fetched, by host and list, and the decision which is next. Plain code: no socket,
// clock or thread; `now` is passed in and never goes backwards. Owned and called by the dispatcher's thread.
//
// Every task added leaves exactly once: started and then ended for good, or given up.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/fetch_task.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "frontier/duplicates.hpp"
#include "frontier/held_hosts.hpp"
#include "frontier/host_memory.hpp"
#include "frontier/host_table.hpp"
#include "frontier/job_turns.hpp"
#include "frontier/pace.hpp"
#include "frontier/policies.hpp"
#include "frontier/retry_budget.hpp"

namespace gannet::frontier {

/// How an attempt ended, as a lane tells it.
struct AttemptEnd : Ending {
  FetchTask task;  // its row only when the attempt failed
  Record record;
  unsigned lane = 0;
};

class Frontier {
 public:
  /// Lines for which memory has no room go to `spill_folder`; without one they cannot.
  Frontier(const FrontierSettings& settings, unsigned lanes, std::uint64_t seed,
           std::filesystem::path spill_folder = {});

  /// A list of which lines will be added. `weight` says how many turns it gets.
  void open(JobNumber job, unsigned weight, std::shared_ptr<const JobOptions> options = {});
  void close(JobNumber job);

  /// `origin` is scheme, host and port: Url::origin().
  void add(FetchTask task, const std::string& origin, TimePoint now);

  struct Action {
    enum class Kind : unsigned char {
      start,    // post the task to the lane
      give_up,  // record it as `host_dead`
      take,     // record what task.earlier says
      share,    // record what known() says of it; or, when the file of that is gone, fetch_anew()
      wait,     // nothing: another line is fetched, and settled() gives the record of this one
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

  /// When next() may have something to do although nothing was added or ended, or forget_hosts() make room.
  std::optional<TimePoint> next_wake() const;

  enum class Fate : unsigned char {
    final,   // this is how the line ended
    retried  // it will be started again; the task was taken
  };

  /// Hears how an attempt that was started ended. Called exactly once for each start.
  Fate ended(AttemptEnd& end, TimePoint now);

  /// What to do with a line of which the result is known: see Action::Kind::share.
  Record known(const FetchTask& task) const { return duplicates_.result(task); }
  void fetch_anew(FetchTask task, TimePoint now);

  /// A record with a question is durable. Returns those of the lines that waited for it.
  std::vector<Record> settled(const Record& record, TimePoint now);

  /// Tells what an earlier fetch left for a task, or null. Asked at its turn; it must not keep us waiting.
  using Recall = std::function<std::unique_ptr<Earlier>(const FetchTask&)>;
  void recall_with(Recall recall) { recall_ = std::move(recall); }

  void apply(const FrontierSettings& settings, TimePoint now);

  /// How many may be in flight over all hosts; what the settings say, until told otherwise.
  unsigned limit() const { return settings_.connections; }
  void limit(unsigned connections) { settings_.connections = connections; }

  /// When a name server last knew a name, as one lane tells.
  void names_answered(TimePoint when, TimePoint now) { trouble_.names_answered(when, now); }

  /// Whether our own network seems to be in trouble, so that hosts are held back; and what to say of it.
  LocalTrouble& trouble() { return trouble_; }
  const LocalTrouble& trouble() const { return trouble_; }

  /// So much of the window's memory is taken by others at present; a quarter of it stays for lines whatever that is.
  /// Lines for which there is no room any more go to disk.
  void leave_memory(ByteCount bytes);

  /// Whether the window has room.
  bool has_room() const { return held_.lines < settings_.window_lines && memory() < settings_.window_memory; }

  /// Whether a list has less than such a share of it, from 0 to 1.
  bool is_within(JobNumber job, double share) const;

  /// Whether a list that has nothing here may have a few lines although there is no room.
  bool has_foothold_for(JobNumber job) const;

  /// Whether connections are free and this list has nothing to start on them.
  bool starving(JobNumber job) const;

  /// Forgets hosts that have nothing to do, when there are many and as far as they need not be known (host_table.hpp).
  void forget_hosts(TimePoint now) { hosts_.forget(now); }

  /// Moves lines of slow hosts to disk, as many as are worth it at a time. False: there is no room nevertheless.
  bool make_room();

  /// What a disk that failed did to us: lines are lost, and read again by the next run alone.
  const std::optional<Fault>& fault() const { return fault_; }

  std::uint64_t in_flight() const { return in_flight_; }
  /// Waiting, be it for their turn, for another try, or for the result of another line; on disk too.
  std::uint64_t queued() const { return queued_ + duplicates_.waiting(); }
  /// Whether nothing is under way, and what is left waits for records.
  bool idle() const { return in_flight_ == 0 && queued_ == 0; }
  std::uint64_t retrying() const { return delayed_.size(); }
  std::size_t hosts() const { return hosts_.size(); }
  const Spill& spilled() const { return spill_; }
  std::uint64_t memory() const;  // bytes, about, with what is left to others
  std::uint64_t own_memory() const { return memory() - left_; }
  /// Of each host that is parked, dead or otherwise known; and how often one was parked or began to be left alone for
  /// longer after each request, to tell when to ask again.
  std::vector<HostMemory> remembered(TimePoint now) const;
  std::uint64_t news_of_hosts() const { return news_of_hosts_; }

  /// What an earlier process remembered. Before the first add().
  void restore(const std::vector<HostMemory>& hosts, TimePoint now);

  std::vector<HostStatus> parked(TimePoint now, std::size_t most);

 private:
  struct JobLines {
    std::shared_ptr<const JobOptions> options;
    std::optional<std::string> judged_by;  // when it shares results
    Held held;
    std::list<OriginId> ready;  // hosts that may start something of it, in turn
    std::list<OriginId> spare;  // the same, but it would take another connection for few lines
  };

  struct Delayed {
    OriginId origin = 0;
    JobNumber job = 0;
    PackedLine line;
  };

  enum class At : unsigned char { front, back };

  OriginId find_or_make(const std::string& origin, JobNumber job);
  Host::Part& part_of(OriginId id, JobNumber job);
  const HostPolicy* policy_of(JobNumber job, const std::string& origin);
  void settle(OriginId id, At at, TimePoint now);
  void list(OriginId id, Host::Part& part, At at);
  void unlist(JobLines& lines, Host::Part& part);
  void wait(OriginId id, TimePoint until);
  void wake_due(TimePoint now);
  std::optional<Action> give_up_next();
  bool may_start() const;
  bool is_probe_due(TimePoint now) const;
  std::optional<Action> probe(TimePoint now);
  std::optional<FetchTask> take(OriginId id, Host::Part& part, bool whatever);
  std::optional<Action> go(OriginId id, FetchTask task, TimePoint now);
  Action give_up(FetchTask task);
  bool has_result(FetchTask& task);
  void crowd(OriginId id, const FetchTask& task);
  void let_in_crowded(TimePoint now);
  bool startable(const Host& host, const Host::Part& part, TimePoint now) const;
  bool may_go_again(const Host::Part& part) const;
  Action start(OriginId id, FetchTask task, TimePoint now);
  void begin_dying(OriginId id);
  void tidy(OriginId id);
  void count(Host& one);
  void hear_of_pace(const Host& one, Duration before);
  void send_on(FetchTask task, TimePoint now);
  void try_again(FetchTask task, TimePoint when);
  void keep_to_window();
  PackedLine pack_again(const FetchTask& task);
  void let_in_retries(TimePoint now);
  unsigned choose_lane(Host& one) const;
  Rate overall_rate() const { return {settings_.requests_per_second, settings_.bytes_per_second}; }
  template <class Change>
  void change(Host::Part& part, Change what) {
    const auto before = part.lines.held();
    what(part.lines);
    recount(part.job, before, part.lines.held());
  }
  void recount(JobNumber job, const Held& before, const Held& after);
  void spill(std::size_t keep, bool listed_too);
  void bound_hosts();

  FrontierSettings settings_;
  unsigned lanes_;
  std::mt19937_64 random_;
  Pace pace_;                            // of all hosts together
  std::optional<TimePoint> held_until_;  // by that pace, as next() found it
  Spill spill_;
  std::optional<Fault> fault_;
  std::uint64_t in_flight_ = 0;
  std::uint64_t queued_ = 0;
  Held held_;
  ByteCount left_ = 0;  // to others
  Held makes_room_at_;  // beyond the window: when that much is held
  HostTable hosts_;
  LocalTrouble trouble_;
  LocalTrouble::Hosts at_work_;
  HeldHosts held_back_;
  Policies policies_;
  RetryBudget retry_budget_;
  Duplicates duplicates_;
  Recall recall_;                                        // may be empty
  std::vector<std::pair<OriginId, JobNumber>> crowded_;  // parts whose first line must wait for another's result
  std::unordered_map<JobNumber, JobLines> jobs_;
  JobTurns turns_;
  std::multimap<TimePoint, OriginId> waiting_;  // hosts that may start something later; some have changed since
  std::multimap<TimePoint, Delayed> delayed_;   // retries waiting for their backoff
  std::deque<OriginId> dying_;                  // hosts whose lines are being given up
  std::deque<OriginId> fresh_;                  // hosts in the order they came; some have been started since
  std::set<OriginId> parked_;                   // some are not any more
  std::size_t hints_ahead_ = 0;
  std::uint64_t news_of_hosts_ = 0;
};

}  // namespace gannet::frontier
