#include "frontier/host_table.hpp"

#include <gtest/gtest.h>

namespace gannet::frontier {
namespace {

using Signal = HostState::Signal;

class TableOfTwo : public testing::Test {
 protected:
  TableOfTwo() { hosts.most(2); }

  OriginId make(const std::string& origin) { return hosts.add(origin, policy); }

  /// Asked once, now, and without anything to do from then on.
  void ask(OriginId id, Signal signal = Signal::worked, milliseconds took = 0ms) {
    auto& state = hosts[id].state;
    state.started(policy, now);
    now += took;
    state.ended(policy, {.signal = signal, .started = now - took, .took = took, .received = 1000}, now);
    hosts.rest(id);
  }

  OriginId make_and_ask(const std::string& origin, Signal signal = Signal::worked) {
    const OriginId id = make(origin);
    ask(id, signal);
    now += 1ms;
    return id;
  }

  bool knows(const std::string& origin) {
    hosts.forget(now);
    return hosts.find(origin).has_value();
  }

  TimePoint now{1000h};
  HostPolicy policy;
  HostTable hosts;
};

TEST_F(TableOfTwo, ForgetsWhoWasAskedLongestAgo) {
  const auto a = make_and_ask("http://a");
  make_and_ask("http://b");
  ask(a);
  make_and_ask("http://c");
  EXPECT_TRUE(knows("http://a"));
  EXPECT_FALSE(knows("http://b"));
  EXPECT_TRUE(knows("http://c"));
  EXPECT_EQ(hosts.size(), 2u);
}

TEST_F(TableOfTwo, KeepsWhoHasSomethingToDo) {
  const auto a = make_and_ask("http://a");
  hosts[a].parts.emplace_back();
  make_and_ask("http://b");
  make_and_ask("http://c");
  EXPECT_TRUE(knows("http://a"));
  EXPECT_FALSE(knows("http://b"));
  hosts[a].parts.clear();
  hosts.rest(a);
  make_and_ask("http://d");
  EXPECT_FALSE(knows("http://a"));
}

TEST_F(TableOfTwo, KeepsWhoWaitsForATurn) {
  const auto a = make_and_ask("http://a");
  hosts[a].waiting_until = now + 1s;
  for (const auto* other : {"http://b", "http://c", "http://d"}) make_and_ask(other);
  EXPECT_TRUE(knows("http://a"));
  now += 1s;
  hosts[a].waiting_until = TimePoint::max();
  make_and_ask("http://e");
  make_and_ask("http://f");
  EXPECT_FALSE(knows("http://a"));
}

TEST_F(TableOfTwo, KeepsWhoIsParkedAsLongAsThatLasts) {
  make_and_ask("http://a", Signal::overloaded);
  for (const auto* other : {"http://b", "http://c", "http://d"}) make_and_ask(other);
  EXPECT_TRUE(knows("http://a"));
  now += 10s;
  make_and_ask("http://e");
  make_and_ask("http://f");
  EXPECT_FALSE(knows("http://a"));
}

struct PaceCase {
  const char* name;
  HostPolicy policy;
  milliseconds room;  // after the end of a request that took 2 s and brought 1000 bytes
};

class TableAtAPace : public TableOfTwo, public testing::WithParamInterface<PaceCase> {};

// Whoever would be forgotten would come back as a stranger, and be asked at once.
TEST_P(TableAtAPace, KeepsEverybodyUntilTheTurnThatIsNext) {
  policy = GetParam().policy;
  for (int i = 0; i < 10; ++i) ask(make("http://host" + std::to_string(i)), Signal::worked, 2s);
  hosts.forget(now);
  const auto first_end = TimePoint(1000h) + 2s;
  const auto still_waiting = [&](TimePoint at) {
    std::size_t count = 0;
    for (int i = 0; i < 10; ++i) count += first_end + i * 2s + GetParam().room > at ? 1 : 0;
    return std::max<std::size_t>(count, 2);
  };
  EXPECT_EQ(hosts.size(), still_waiting(now));
  EXPECT_GT(hosts.size(), 2u);
  while (const auto next = hosts.next_to_go()) {
    EXPECT_GT(*next, now);
    now = *next;
    hosts.forget(now);
    EXPECT_EQ(hosts.size(), still_waiting(now));
  }
  EXPECT_EQ(hosts.size(), 2u);
}

INSTANTIATE_TEST_SUITE_P(Policies, TableAtAPace,
                         testing::Values(PaceCase{"delay", {.delay = 12s}, 10s},
                                         PaceCase{"requests", {.requests_per_second = 0.1}, 8s},
                                         PaceCase{"bytes", {.bytes_per_second = 100}, 8s},
                                         PaceCase{"rest", {.rest = 5}, 10s}),
                         [](const auto& one) { return one.param.name; });

TEST_F(TableOfTwo, KeepsToTheCrawlDelay) {
  policy.obeys_robots = true;
  for (int i = 0; i < 10; ++i) {
    const auto id = make("http://host" + std::to_string(i));
    hosts[id].state.crawl_delay(10s);
    ask(id);
  }
  EXPECT_TRUE(knows("http://host0"));
  now += 10s;
  EXPECT_FALSE(knows("http://host0"));
  EXPECT_EQ(hosts.size(), 2u);
}

}  // namespace
}  // namespace gannet::frontier
