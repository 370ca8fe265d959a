// What is behind the frontier, in simulated time: hosts that answer, each in its way, connections that are kept, and
// somebody who looks after every step that no promise was broken.
#pragma once

#include <deque>
#include <queue>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/line_set.hpp"
#include "frontier/intake.hpp"
#include "simulation/host_watch.hpp"

namespace gannet::simulation {

struct WorldSettings {
  bool all_healthy = false;
  bool watch_paces = false;  // that the delay holds between two starts of each host, whatever the frontier knows of it
  std::size_t most_idle = 2048;  // connections kept, as two lanes do
};

class World {
 public:
  World(const FrontierSettings& frontier, const WorldSettings& settings, std::filesystem::path spill_folder);

  void add(JobNumber number, std::unique_ptr<RowSource> source, Priority priority = Priority::normal);

  /// Until `done` lines have their record, or all.
  void run(std::uint64_t done = ~std::uint64_t{0});

  struct Report {
    std::uint64_t started = 0;
    std::uint64_t recorded = 0;
    std::uint64_t reused = 0;  // starts that found a connection
    std::uint64_t given_up = 0;
    std::uint64_t retries = 0;
    std::uint64_t redirects = 0;
    std::uint64_t most_memory = 0;    // as the frontier counts it
    std::uint64_t most_spilled = 0;   // lines
    std::uint64_t most_hosts = 0;     // known at once
    std::vector<std::string> broken;  // promises
  };
  const Report& report() const { return report_; }
  std::uint64_t fast_recorded() const { return report_.recorded - slow_recorded_; }
  Duration elapsed() const { return now_ - begin_; }
  Duration ended_after(JobNumber number) const { return ended_.at(number); }  // since it was added

 private:
  struct Flight {
    TimePoint end;
    std::size_t attempt;                                                   // in attempts_
    bool operator<(const Flight& other) const { return end > other.end; }  // the first on top
  };
  struct Seen {
    std::uint32_t name = 0;  // a hash: the number may become another's
    HostWatch watch;
    std::uint16_t idle = 0;
    std::uint16_t taken = 0;  // of its connections in idle_
    std::uint32_t last_line = 0;
    TimePoint last_start{};
  };

  void act();
  void start(FetchTask task, unsigned lane);
  Seen& meet(const FetchTask& task, std::string_view url);
  void end(frontier::AttemptEnd& attempt);
  void record(JobNumber job, std::uint64_t line, Reason reason);
  void keep_connection(OriginId host);
  void watch_pace(std::string_view url, std::uint64_t line);
  void promise(bool kept, std::string_view what, std::uint64_t line);

  FrontierSettings settings_;
  WorldSettings world_;
  frontier::Frontier frontier_;
  frontier::Intake intake_;
  TimePoint begin_{1000h};
  TimePoint now_ = begin_;
  std::priority_queue<Flight> flights_;
  std::vector<frontier::AttemptEnd> attempts_;
  std::vector<std::size_t> free_attempts_;
  std::vector<Seen> hosts_;    // by number
  std::deque<OriginId> idle_;  // connections, the one kept longest first; some were taken since
  std::size_t taken_ = 0;
  unsigned retries_ = 0;  // in flight
  std::unordered_map<JobNumber, LineSet> recorded_;
  std::unordered_map<JobNumber, TimePoint> added_;
  std::unordered_map<JobNumber, Duration> ended_;
  std::unordered_map<std::string, TimePoint> asked_;  // hosts, and when last
  std::uint64_t slow_recorded_ = 0;                   // of hosts with a pace of their own
  std::uint64_t luck_ = 0;
  Report report_;
};

}  // namespace gannet::simulation
