// Who is next, within which limits, and on which lane.
#include <map>
#include <set>

#include "frontier/frontier_fixture.hpp"

namespace gannet::frontier {
namespace {

using namespace test;

class Turns : public FrontierTest {
 protected:
  using FrontierTest::FrontierTest;
};

TEST_F(Turns, HasNothingToDoWithoutWork) {
  EXPECT_TRUE(run().empty());
  EXPECT_FALSE(frontier.next_wake());
}

TEST_F(Turns, StartsWhatWasAddedInItsOrder) {
  add("http://a", 2);
  const auto actions = run();
  ASSERT_EQ(actions.size(), 2u);
  EXPECT_EQ(actions[0].kind, Kind::start);
  EXPECT_EQ(actions[0].task.row.line, 1u);
  EXPECT_EQ(actions[1].task.row.line, 2u);
  EXPECT_EQ(actions[0].task.attempt, 1u);
  EXPECT_EQ(actions[0].task.started, now);
  EXPECT_EQ(frontier.in_flight(), 2u);
  EXPECT_EQ(frontier.queued(), 0u);
}

TEST_F(Turns, KeepsToTheLimitOfAHost) {
  add("http://a", 100);
  auto actions = run();
  ASSERT_EQ(actions.size(), 2u) << "what a host starts with";
  EXPECT_EQ(frontier.queued(), 98u);
  EXPECT_FALSE(frontier.next_wake()) << "only an end can change anything";
  EXPECT_EQ(end(actions[0], Reason::none), Fate::final);
  EXPECT_EQ(run().size(), 1u);
}

TEST_F(Turns, TellsOriginsApart) {
  add("http://a", 9);
  add("https://a", 9);
  add("http://a:81", 9);
  EXPECT_EQ(run().size(), 6u);
}

TEST_F(Turns, KeepsToTheOverallLimit) {
  use({.connections = 3});
  for (char host = 'a'; host < 'k'; ++host) add(std::string("http://") + host);
  auto actions = run();
  ASSERT_EQ(actions.size(), 3u);
  EXPECT_FALSE(frontier.next_wake());
  end(actions[1], Reason::none);
  EXPECT_EQ(run().size(), 1u);
  EXPECT_EQ(frontier.in_flight(), 3u);
}

TEST_F(Turns, OpenConnectionsToAllHostsBeforeMoreToOneWithFewLines) {
  use({.host = {.start = 3}});
  add("http://busy", 100);
  add("http://b", 2);
  add("http://c", 2);
  std::vector<OriginId> order;
  for (const auto& action : run()) order.push_back(action.task.origin);
  EXPECT_EQ(order, (std::vector<OriginId>{0, 1, 2, 0, 0, 1, 2}));
}

TEST_F(Turns, StayWithAHostWhoseConnectionIsThere) {
  use({.connections = 1, .host = {.start = 1}});
  add("http://a", 2);
  add("http://b", 2);
  std::vector<OriginId> order;
  for (int i = 0; i < 4; ++i) {
    auto actions = run();
    ASSERT_EQ(actions.size(), 1u);
    order.push_back(actions[0].task.origin);
    end(actions[0], Reason::none);
  }
  EXPECT_EQ(order, (std::vector<OriginId>{0, 0, 1, 1}));
}

TEST_F(Turns, KeepThePaceOfAHost) {
  use({.host = {.requests_per_second = 2}});
  add("http://a", 3);
  add("http://b");
  EXPECT_EQ(run().size(), 2u);
  EXPECT_EQ(frontier.next_wake(), now + 500ms);
  const auto before = now;
  EXPECT_EQ(run_later().size(), 1u);
  EXPECT_EQ(now, before + 500ms);
}

TEST_F(Turns, KeepThePaceOfAllHostsTogether) {
  use({.requests_per_second = 4});
  for (char host = 'a'; host < 'k'; ++host) add(std::string("http://") + host);
  const auto before = now;
  EXPECT_EQ(run().size(), 1u);
  for (int i = 1; i < 10; ++i) {
    EXPECT_EQ(run_later().size(), 1u);
    EXPECT_EQ(now, before + i * 250ms);
  }
  EXPECT_FALSE(frontier.next_wake());
}

TEST_F(Turns, WaitUntilTheBytesOfAllHostsArePaid) {
  use({.bytes_per_second = 100'000});
  add("http://a");
  auto actions = run();
  ASSERT_EQ(actions.size(), 1u);
  add("http://b", 2);
  Record large = answer(Reason::none, 200);
  large.received = 1'000'000;
  const auto before = now;
  end_with(actions[0], large);
  EXPECT_TRUE(run().empty());
  EXPECT_EQ(run_later().size(), 1u);
  EXPECT_EQ(now, before + 10s);
}

TEST_F(Turns, AreFewWhileNoSizeIsKnownUnderARateOfBytes) {
  use({.bytes_per_second = 1'000'000'000});
  for (char host = 'a'; host < 'k'; ++host) add(std::string("http://") + host);
  auto first = run();
  now += 1s;
  run();
  now += 1s;
  EXPECT_EQ(frontier.in_flight(), Pace::most_of_unknown_size);
  end(first.at(0), Reason::none, 200);
  now += 1s;
  run();
  run_later();
  EXPECT_GT(frontier.in_flight(), Pace::most_of_unknown_size);
}

TEST_F(Turns, FollowNewSettings) {
  use({.connections = 1});
  for (char host = 'a'; host < 'k'; ++host) add(std::string("http://") + host);
  EXPECT_EQ(run().size(), 1u);
  settings.connections = 5;
  frontier.apply(settings, now);
  EXPECT_EQ(run().size(), 4u);
  settings.connections = 2;
  frontier.apply(settings, now);
  EXPECT_TRUE(run().empty());
}

TEST_F(Turns, KeepAHostOnOneLaneWhileItsLimitIsSmall) {
  use({.host = {.start = 8, .ceiling = 8}});
  add("http://a", 100);
  std::set<unsigned> lanes;
  for (const auto& action : run()) lanes.insert(action.lane);
  EXPECT_EQ(lanes.size(), 1u);
}

TEST_F(Turns, KeepAHostOnItsLaneForever) {
  add("http://a", 100);
  std::set<unsigned> lanes;
  for (auto actions = run(); !actions.empty(); actions = run()) {
    for (auto& action : actions) {
      lanes.insert(action.lane);
      end(action, Reason::none);
    }
  }
  EXPECT_EQ(lanes.size(), 1u);
}

TEST_F(Turns, SpreadABusyHostOverAllLanesWhenItsLimitAllowsIt) {
  use({.host = {.start = 64, .ceiling = 64}}, 8);
  add("http://a", 1000);
  std::map<unsigned, int> lanes;
  for (const auto& action : run()) ++lanes[action.lane];
  ASSERT_EQ(lanes.size(), 8u);
  for (const auto& [lane, requests] : lanes) EXPECT_EQ(requests, 8) << lane;
}

TEST_F(Turns, KeepAHostOfHttp2OnOneLaneAndConnection) {
  add("https://a", 3000);
  std::set<unsigned> lanes;
  std::size_t most = 0;
  for (auto actions = run(); !actions.empty(); actions = run()) {
    most = std::max(most, actions.size());
    for (auto& action : actions) {
      lanes.insert(action.lane);
      end_by(action, "h2");
    }
  }
  EXPECT_EQ(lanes.size(), 1u);
  EXPECT_EQ(most, 32u);
}

TEST_F(Turns, SpreadAHostOfHttp2WhenItIsOnesOwn) {
  use({.host = {.profile = Profile::own_server, .start = 64, .ceiling = 64, .streams = 64}}, 8);
  add("https://a", 64);
  auto first = run();
  for (auto& action : first) end_by(action, "h2");
  add("https://a", 64);
  std::set<unsigned> lanes;
  for (const auto& action : run()) lanes.insert(action.lane);
  EXPECT_EQ(lanes.size(), 8u);
}

TEST_F(Turns, GiveALaneBackWhatEndedThere) {
  use({.host = {.start = 32, .ceiling = 32}}, 4);
  add("http://a", 1000);
  auto actions = run();
  const unsigned emptied = actions[0].lane;
  unsigned ended = 0;
  for (auto& action : actions) {
    if (action.lane != emptied) continue;
    end(action, Reason::none);
    ++ended;
  }
  const auto next = run();
  ASSERT_EQ(next.size(), ended);
  for (const auto& action : next) EXPECT_EQ(action.lane, emptied);
}

TEST_F(Turns, SpreadHostsOverLanes) {
  use({}, 4);
  for (int host = 0; host < 200; ++host) add("http://host" + std::to_string(host));
  std::map<unsigned, int> lanes;
  for (const auto& action : run()) ++lanes[action.lane];
  ASSERT_EQ(lanes.size(), 4u);
  for (const auto& [lane, hosts] : lanes) EXPECT_GT(hosts, 20) << lane;
}

TEST_F(Turns, AHostsOwnLimitsCountForItAlone) {
  LimitOverrides one_by_one;
  one_by_one.connections = 1;
  use({.hosts = {{"*.example.org", one_by_one}}});
  add("https://img.example.org:8443", 4);
  add("https://[2001:db8::1]", 4);
  auto actions = run();
  EXPECT_EQ(actions.size(), 3u) << "one, and the two that any host starts with";
  one_by_one.connections = 2;
  settings.hosts = {{"*.example.org", one_by_one}};
  frontier.apply(settings, now);
  for (auto& action : actions) end(action, Reason::none);
  EXPECT_EQ(run().size(), 4u) << "a change counts at once";
}

}  // namespace
}  // namespace gannet::frontier
