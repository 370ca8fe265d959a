// The frontier while names or connections fail everywhere: it pauses, probes, and holds nothing against anybody.
#include <algorithm>
#include <map>

#include "frontier/frontier_fixture.hpp"

namespace gannet::frontier {
namespace {

using namespace test;

constexpr unsigned hosts = 100;

class FrontierTrouble : public FrontierTest {
 protected:
  FrontierTrouble() : FrontierTest({.connections = 20, .tries = 2, .backoff_most = 2s}) {}

  static std::string name(unsigned host) { return "http://host" + std::to_string(host); }

  void add_all(unsigned each = 1) {
    for (unsigned host = 0; host < hosts; ++host) add(name(host), each);
  }

  void end_all(std::vector<Action>& actions, Reason reason) {
    now += 100ms;
    for (auto& action : actions) fates.push_back(end(action, reason));
    actions.clear();
  }

  // Ends what runs, and what is then started, until there is trouble.
  std::vector<Action> fail_until_trouble(Reason reason) {
    auto actions = run();
    for (int rounds = 0; !frontier.trouble().active() && rounds < 10; ++rounds) {
      end_all(actions, reason);
      actions = run();
    }
    EXPECT_TRUE(frontier.trouble().active());
    return actions;
  }

  // What may happen now, or else when it may.
  std::vector<Action> soon() {
    auto actions = run();
    return actions.empty() ? run_later() : std::move(actions);
  }

  std::vector<Fate> fates;
};

class FrontierTroubleOf : public FrontierTrouble, public testing::WithParamInterface<Reason> {};

TEST_P(FrontierTroubleOf, StartsNothingButAProbe) {
  add_all();
  EXPECT_TRUE(fail_until_trouble(GetParam()).empty());
  for (const auto wait : {1s, 2s, 4s, 8s, 16s, 30s, 30s}) {
    const auto before = now;
    auto probe = run_later();
    ASSERT_EQ(probe.size(), 1u);
    EXPECT_GE(now - before, wait - 200ms);
    EXPECT_LE(now - before, wait);
    now += 100ms;
    EXPECT_EQ(end(probe[0], GetParam()), Fate::retried);
    EXPECT_TRUE(run().empty());
  }
}

TEST_P(FrontierTroubleOf, ProbesOneHostAfterAnother) {
  add_all();
  fail_until_trouble(GetParam());
  std::set<OriginId> probed;
  for (int i = 0; i < 15; ++i) {
    auto probe = soon();
    ASSERT_EQ(probe.size(), 1u);
    probed.insert(probe[0].task.origin);
    end_all(probe, GetParam());
  }
  EXPECT_EQ(probed.size(), 15u);
}

TEST_P(FrontierTroubleOf, SoonProbesAHostThatComesLater) {
  add_all();
  fail_until_trouble(GetParam());
  add(name(hosts));
  bool probed = false;
  for (int i = 0; i < 2; ++i) {
    auto probe = soon();
    ASSERT_EQ(probe.size(), 1u);
    probed |= probe[0].task.row.line == lines;
    end_all(probe, GetParam());
  }
  EXPECT_TRUE(probed);
}

TEST_P(FrontierTroubleOf, CountsNoAttemptAndParksNoHost) {
  add_all(3);
  fail_until_trouble(GetParam());
  for (int i = 0; i < 15; ++i) {
    auto probe = soon();
    EXPECT_EQ(probe.at(0).task.attempt, 1u);
    end_all(probe, GetParam());
  }
  EXPECT_EQ(std::ranges::count(fates, Fate::final), 0);
  EXPECT_TRUE(frontier.parked(now, 1000).empty());
}

TEST_P(FrontierTroubleOf, GoesOnWithAllWhenAProbeComesThrough) {
  add_all(2);
  fail_until_trouble(GetParam());
  auto probe = run_later();
  now += 100ms;
  frontier.names_answered(now, now);
  end(probe.at(0), Reason::none, 200);
  EXPECT_FALSE(frontier.trouble().active());
  std::map<std::uint64_t, int> times;
  for (auto actions = run(); !actions.empty();) {
    EXPECT_LE(actions.size(), 20u);
    now += 100ms;
    for (auto& action : actions) {
      EXPECT_EQ(action.task.attempt, 1u);
      ++times[action.task.row.line];
      end(action, Reason::none, 200);
    }
    actions = run();
    if (actions.empty()) actions = run_later();
  }
  EXPECT_EQ(times.size(), 2 * hosts - 1);
  for (const auto& [line, count] : times) EXPECT_EQ(count, 1) << line;
  EXPECT_EQ(frontier.queued(), 0u);
}

INSTANTIATE_TEST_SUITE_P(Causes, FrontierTroubleOf, testing::Values(Reason::dns_failed, Reason::connect_timeout));

TEST_F(FrontierTrouble, WithNamesLeavesTheHostsThatWorkAlone) {
  const auto working = name(hosts);
  add(working);
  auto first = run();
  end(first.at(0), Reason::none, 200);
  add_all();
  fail_until_trouble(Reason::dns_failed);
  add(working, 5);
  auto actions = run();
  EXPECT_GE(actions.size(), 2u);
  for (const auto& action : actions) EXPECT_EQ(action.task.origin, first[0].task.origin);
}

TEST_F(FrontierTrouble, WithNamesLetsAHostThatIsReachedGoOn) {
  add(name(hosts), 10);
  auto under_way = run();
  ASSERT_GE(under_way.size(), 2u);
  for (unsigned host = 0; host < 10; ++host) add(name(host));
  fail_until_trouble(Reason::dns_failed);
  end(under_way[0], Reason::dns_not_found);
  EXPECT_TRUE(run().empty()) << "it is held with its other lines";
  end(under_way[1], Reason::none, 200);
  EXPECT_TRUE(frontier.trouble().active()) << "its name was known";
  const auto actions = run();
  EXPECT_FALSE(actions.empty());
  for (const auto& action : actions) EXPECT_EQ(action.task.origin, under_way[0].task.origin);
}

TEST_F(FrontierTrouble, TakesBackNoProbeForWhatWasUnderWay) {
  add(name(hosts));
  auto under_way = run();
  for (unsigned host = 0; host < 10; ++host) add(name(host));
  fail_until_trouble(Reason::dns_failed);
  auto probe = run_later();
  end_all(probe, Reason::dns_failed);
  const auto next = frontier.trouble().next_probe();
  end(under_way.at(0), Reason::none, 200);
  EXPECT_EQ(frontier.trouble().next_probe(), next);
}

TEST_F(FrontierTrouble, ProbesKeepToTheOverallPace) {
  add_all();
  fail_until_trouble(Reason::connect_timeout);
  settings.requests_per_second = 0.1;
  frontier.apply(settings, now);
  auto last = now - 100ms;
  for (int probes = 0; probes < 3; ++probes) {
    auto probe = run_later();
    ASSERT_EQ(probe.size(), 1u);
    EXPECT_GE(now - last, 10s);
    last = now;
    end_all(probe, Reason::connect_timeout);
  }
}

TEST_F(FrontierTrouble, WithNamesProbesBesideHostsThatWorkAtAnOverallPace) {
  settings.requests_per_second = 2;
  use(settings);
  add(name(hosts));
  auto first = run();
  end(first.at(0), Reason::none, 200);
  add_all();
  for (auto actions = run_later(); !frontier.trouble().active(); actions = soon()) end_all(actions, Reason::dns_failed);
  add(name(hosts), 1000);
  unsigned probes = 0;
  for (const auto until = now + 60s; now < until;) {
    for (auto& action : soon()) {
      const bool works = action.task.origin == first[0].task.origin;
      probes += !works;
      end(action, works ? Reason::none : Reason::dns_failed, works ? 200 : 0);
    }
    ASSERT_FALSE(testing::Test::HasFailure()) << "it is to wake when it has something to do";
  }
  EXPECT_GE(probes, 5u);
}

TEST_F(FrontierTrouble, WithConnectionsProbesAHostThatWorkedFirst) {
  add(name(50), 1);
  auto first = run();
  end(first.at(0), Reason::none, 200);
  add_all();
  fail_until_trouble(Reason::connect_timeout);
  EXPECT_EQ(run_later().at(0).task.origin, first[0].task.origin);
}

TEST_F(FrontierTrouble, IsNotEndedByWhatWasHeardBefore) {
  add_all();
  fail_until_trouble(Reason::connect_timeout);
  auto probe = run_later();
  end_with(probe.at(0), answer(Reason::bad_response), std::nullopt, std::nullopt, false, 0ms, Asked::nobody);
  EXPECT_TRUE(frontier.trouble().active());
  probe = run_later();
  end(probe.at(0), Reason::bad_response);
  EXPECT_FALSE(frontier.trouble().active());
}

TEST_F(FrontierTrouble, OfAFewDeadHostsEndsSoon) {
  const auto start = now;
  for (unsigned host = 0; host < LocalTrouble::least_hosts - 1; ++host) add(name(host));
  auto actions = run();
  while (!actions.empty()) {
    end_all(actions, Reason::connect_timeout);
    actions = soon();
  }
  EXPECT_EQ(std::ranges::count(fates, Fate::final), LocalTrouble::least_hosts - 1);
  EXPECT_LT(now - start, 3min);
}

TEST_F(FrontierTrouble, IsNoneOfAFewDeadHostsWhereOneAnswers) {
  for (unsigned host = 0; host < 4; ++host) add(name(host), 3);
  const auto good = name(4);
  add(good, 100);
  auto actions = run();
  while (!actions.empty()) {
    now += 100ms;
    for (auto& action : actions) {
      end(action, action.task.row.line > 12 ? Reason::none : Reason::connect_timeout);
      EXPECT_FALSE(frontier.trouble().active());
    }
    actions = soon();
  }
}

TEST_P(FrontierTroubleOf, OfAFewHostsThatAreNewFailsNothing) {
  for (unsigned host = 0; host < 3; ++host) add(name(host), 50);
  auto actions = run();
  const auto down = now;
  while (now - down < 1min) {
    end_all(actions, GetParam());
    actions = soon();
  }
  EXPECT_TRUE(frontier.trouble().active());
  EXPECT_EQ(std::ranges::count(fates, Fate::final), 0);
  EXPECT_TRUE(frontier.parked(now, 1000).empty());
}

TEST_F(FrontierTrouble, OfFewHostsThatWorkedFailsNothing) {
  for (unsigned host = 0; host < 3; ++host) add(name(host), 50);
  add(name(3), 1);  // done, and of no account, before the others fail
  auto actions = run();
  end_all(actions, Reason::none);
  now += 1s;
  fates.clear();
  actions = fail_until_trouble(Reason::connect_timeout);
  for (int i = 0; i < 100; ++i) {
    end_all(actions, Reason::connect_timeout);
    actions = soon();
  }
  EXPECT_EQ(std::ranges::count(fates, Fate::final), 0);
  EXPECT_TRUE(frontier.parked(now, 1000).empty());
  end_all(actions, Reason::none);
  EXPECT_FALSE(frontier.trouble().active());
}

TEST_F(FrontierTrouble, AnAnswerThatBreaksOffInSilenceIsExcusedOnce) {
  add(name(0), 2), add(name(1), 2);
  auto actions = run();
  ASSERT_EQ(actions.size(), 4u);
  end(actions[0], Reason::none), end(actions[3], Reason::none);
  EXPECT_NE(actions[1].task.origin, actions[2].task.origin) << "both hosts were reached, and have a line under way";
  now += 20s;
  EXPECT_EQ(end(actions[1], Reason::first_byte_timeout), Fate::retried);
  auto again = run_later();
  ASSERT_EQ(again.at(0).task.attempt, 1u);
  now += 20s;
  EXPECT_EQ(end(again[0], Reason::first_byte_timeout), Fate::retried);
  again = run_later();
  ASSERT_EQ(again.at(0).task.attempt, 2u);
}

TEST_F(FrontierTrouble, IsBelievedOfHostsThatWorkedBeforeARestart) {
  settings.host.start = settings.host.ceiling = 1;  // of which nothing else is learned
  use(settings);
  for (unsigned host = 0; host < hosts; ++host) add(name(host), 20);
  for (int rounds = 0; rounds < 100; ++rounds) {
    auto actions = run();
    end_all(actions, Reason::none);
  }
  const auto known = frontier.remembered(now);
  ASSERT_EQ(known.size(), hosts);
  frontier = Frontier(settings, 4, 2);
  frontier.open(0, 4);
  frontier.restore(known, now);
  fates.clear();
  for (unsigned host = 0; host < hosts; ++host) add(name(host), 20);
  auto actions = fail_until_trouble(Reason::connect_timeout);
  for (int i = 0; i < 100; ++i) {
    end_all(actions, Reason::connect_timeout);
    actions = soon();
  }
  EXPECT_EQ(std::ranges::count(fates, Fate::final), 0);
}

TEST_F(FrontierTrouble, OfAListOfDeadHostsEndsToo) {
  add_all();
  for (auto actions = run(); !actions.empty();) {
    end_all(actions, Reason::dns_failed);
    actions = soon();
  }
  EXPECT_EQ(std::ranges::count(fates, Fate::final), hosts);
}

// A minute without names, or without any connection, in the midst of a list. Hosts answer within 200 ms.
TEST_P(FrontierTroubleOf, LeavesNoTraceInTheRecords) {
  add_all(50);
  std::multimap<TimePoint, Action> flights;
  std::set<OriginId> known;
  const auto begins = now + 1s, ends = now + 61s;
  unsigned finals = 0;
  for (int steps = 0; finals < 50 * hosts; ++steps) {
    ASSERT_LT(steps, 1'000'000);
    for (auto& action : run()) {
      const bool cut = now >= begins && now < ends;
      flights.emplace(now + (cut ? milliseconds{1000} : milliseconds{50 + 10 * (steps % 16)}), std::move(action));
    }
    auto next = flights.empty() ? TimePoint::max() : flights.begin()->first;
    next = std::min(next, frontier.next_wake().value_or(TimePoint::max()));
    ASSERT_NE(next, TimePoint::max());
    now = std::max(now, next);
    while (!flights.empty() && flights.begin()->first <= now) {
      auto action = std::move(flights.extract(flights.begin()).mapped());
      const bool cut = action.task.started >= begins && action.task.started < ends;
      const bool has_name = known.contains(action.task.origin) && GetParam() == Reason::dns_failed;
      const auto reason = cut && !has_name ? GetParam() : Reason::none;
      if (reason == Reason::none && known.insert(action.task.origin).second) frontier.names_answered(now, now);
      const auto fate = end(action, reason, reason == Reason::none ? 200 : 0);
      if (fate == Fate::retried) continue;
      ++finals;
      ASSERT_EQ(reason, Reason::none);
    }
  }
  EXPECT_GE(now, ends);
  EXPECT_FALSE(frontier.trouble().active());
}

}  // namespace
}  // namespace gannet::frontier
