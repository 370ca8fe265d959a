// The whole frontier for hours of simulated time, with hosts of every kind: whatever happens, each task leaves exactly
// once, no limit is exceeded at any step, and next_wake() is enough to keep going.
#include <map>

#include "frontier/frontier_fixture.hpp"

namespace gannet::frontier {
namespace {

using namespace test;

constexpr unsigned hosts = 24;
constexpr unsigned tasks = 3000;
constexpr unsigned lanes = 3;

class Simulation {
 public:
  Simulation(const FrontierSettings& settings, std::uint64_t seed)
      : settings_(settings), random_(seed), frontier_(settings, lanes, seed) {
    frontier_.open(0, 4);
  }

  void run() {
    for (unsigned step = 0; left_ < tasks && !testing::Test::HasFatalFailure(); ++step) {
      ASSERT_LT(step, 1000000u) << "it never ends";
      add_some();
      act();
      check_limits();
      advance();
      end_due();
    }
    EXPECT_EQ(frontier_.queued(), 0u);
    EXPECT_EQ(frontier_.in_flight(), 0u);
    EXPECT_EQ(frontier_.retrying(), 0u);
    for (const auto& [line, times] : times_left_) EXPECT_EQ(times, 1) << line;
  }

  std::map<Reason, unsigned> ends;

 private:
  struct Flight {
    Action action;
    unsigned host;
  };

  bool chance(unsigned percent) { return random_() % 100 < percent; }

  void add_some() {
    for (auto some = random_() % 40; some > 0 && added_ < tasks; --some) {
      const auto host = static_cast<unsigned>(random_() % 3 == 0 ? 0 : random_() % hosts);  // one is far busier
      auto task = task_of(++added_);
      task.row.key = host;
      frontier_.add(std::move(task), "http://host" + std::to_string(host), now_);
    }
  }

  void act() {
    while (auto action = frontier_.next(now_)) {
      const auto host = static_cast<unsigned>(action->task.row.key);
      if (action->kind == Kind::give_up) {
        leaves(action->task.row.line, Reason::host_dead);
        continue;
      }
      ASSERT_LT(action->lane, lanes);
      ASSERT_LE(action->task.attempt, settings_.tries);
      if (action->task.attempt > 1) ++retries_;
      ++busy_[host];
      check_pace(host);
      const auto takes = milliseconds{random_() % 3000};
      flights_.emplace(now_ + takes, Flight{std::move(*action), host});
    }
  }

  void check_pace(unsigned host) {
    if (settings_.host.requests_per_second == 0) return;
    auto& starts = starts_[host];
    starts.push_back(now_);
    const auto most = static_cast<std::size_t>(settings_.host.requests_per_second) + 1;
    if (starts.size() > most) {
      EXPECT_GT(now_ - starts[starts.size() - 1 - most], Duration(1s));
    }
  }

  void check_limits() {
    ASSERT_LE(flights_.size(), settings_.connections);
    ASSERT_EQ(flights_.size(), frontier_.in_flight());
    ASSERT_LE(retries_, std::max(1u, settings_.connections / 5));
    for (const auto& [host, requests] : busy_) ASSERT_LE(requests, settings_.host.ceiling) << host;
  }

  void advance() {
    if (left_ == tasks) return;
    auto next = TimePoint::max();
    if (const auto wake = frontier_.next_wake()) {
      EXPECT_GT(*wake, now_) << "what is due has been done";
      next = *wake;
    }
    if (!flights_.empty()) next = std::min(next, flights_.begin()->first);
    if (added_ < tasks) next = std::min(next, now_ + milliseconds{random_() % 5000});
    ASSERT_NE(next, TimePoint::max()) << "work is stranded: " << frontier_.queued();
    now_ = std::max(now_, next);
  }

  void end_due() {
    while (!flights_.empty() && flights_.begin()->first <= now_) {
      Flight flight = std::move(flights_.extract(flights_.begin()).mapped());
      --busy_[flight.host];
      if (flight.action.task.attempt > 1) --retries_;
      const auto line = flight.action.task.row.line;
      AttemptEnd end;
      end.task = std::move(flight.action.task);
      end.record = outcome(flight.host);
      end.retry_after = chance(20) ? std::optional(seconds{random_() % 100}) : std::nullopt;
      end.lane = flight.action.lane;
      if (frontier_.ended(end, now_) == Fate::final) leaves(line, end.record.reason);
    }
  }

  // Each host has a character: healthy, flaky, overloaded, broken at times, never there.
  Record outcome(unsigned host) {
    switch (host % 6) {
      case 0:
        return answer(Reason::none);
      case 1:
        return chance(30) ? answer(Reason::reset) : answer(Reason::none);
      case 2:
        return chance(10) ? answer(Reason::http_status, 429) : answer(Reason::none);
      case 3:
        return chance(50) ? answer(Reason::connect_timeout) : answer(Reason::http_status, 404);
      case 4:
        return answer(Reason::connect_refused);
      default:
        return chance(50) ? answer(Reason::dns_failed) : answer(Reason::http_status, 503);
    }
  }

  void leaves(std::uint64_t line, Reason reason) {
    ++left_;
    ++times_left_[line];
    ++ends[reason];
  }

  FrontierSettings settings_;
  std::mt19937_64 random_;
  Frontier frontier_;
  TimePoint now_{1000h};
  unsigned added_ = 0;
  unsigned left_ = 0;
  unsigned retries_ = 0;
  std::map<unsigned, unsigned> busy_;
  std::map<unsigned, std::vector<TimePoint>> starts_;
  std::map<std::uint64_t, int> times_left_;
  std::multimap<TimePoint, Flight> flights_;
};

class FrontierSimulation : public testing::TestWithParam<int> {
 protected:
  void simulate(const FrontierSettings& settings, bool parks = true) {
    Simulation simulation(settings, static_cast<std::uint64_t>(GetParam()));
    ASSERT_NO_FATAL_FAILURE(simulation.run());
    EXPECT_GT(simulation.ends[Reason::none], tasks / 10);
    EXPECT_EQ(simulation.ends[Reason::host_dead] > 0, parks);
  }
};

TEST_P(FrontierSimulation, KeepsItsPromisesByDefault) { simulate({}); }

TEST_P(FrontierSimulation, KeepsItsPromisesWithFewConnections) { simulate({.connections = 7, .host = {.start = 6}}); }

TEST_P(FrontierSimulation, KeepsItsPromisesAtAPace) { simulate({.host = {.requests_per_second = 3, .delay = 100ms}}); }

TEST_P(FrontierSimulation, KeepsItsPromisesWithWideLimits) {
  simulate({.host = {.start = 100, .ceiling = 100}, .tries = 8});
}

TEST_P(FrontierSimulation, KeepsItsPromisesWithoutParking) { simulate({.host = {.park = false}}, false); }

INSTANTIATE_TEST_SUITE_P(Seeds, FrontierSimulation, testing::Range(1, 6));

}  // namespace
}  // namespace gannet::frontier
