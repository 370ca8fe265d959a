#include "frontier/host_memory.hpp"

#include "frontier/frontier_fixture.hpp"

namespace gannet::frontier {
namespace {

using namespace test;

const WallTime today = *parse_rfc3339("2026-11-26T12:00:00.000Z");

TEST(HostMemory, ComesBackAsItWas) {
  const std::vector<HostMemory> hosts{
      {"https://a.example",
       {.limit = 4.5,
        .busy_parks = 2,
        .unreachable_parks = 1,
        .parked_for = 90s,
        .dead_for = 0ms,
        .successes = 20,
        .refused = 11},
       "http_status",
       true},
      {"http://b.example:8080",
       {.limit = 1, .busy_parks = 0, .unreachable_parks = 0, .parked_for = 0ms, .dead_for = 7min},
       "",
       false}};
  const auto back = parse_hosts(hosts_json(hosts, today, true), today + 30s);
  ASSERT_TRUE(back);
  ASSERT_EQ(back->size(), 2u);
  EXPECT_EQ((*back)[0].origin, "https://a.example");
  EXPECT_EQ((*back)[0].state.limit, 4.5);
  EXPECT_EQ((*back)[0].state.busy_parks, 2u);
  EXPECT_EQ((*back)[0].state.unreachable_parks, 1u);
  EXPECT_EQ((*back)[0].state.parked_for, 60s) << "time went on meanwhile";
  EXPECT_EQ((*back)[0].state.successes, 20u);
  EXPECT_EQ((*back)[0].state.refused, 11u);
  EXPECT_EQ((*back)[0].why, "http_status");
  EXPECT_TRUE((*back)[0].reached);
  EXPECT_FALSE((*back)[1].reached);
  EXPECT_EQ((*back)[1].state.dead_for, 6min + 30s);
}

HostMemory only(const std::string& members) {
  const auto hosts = parse_hosts(R"({"hosts":[{"origin":"http://a",)" + members + "}]}", today);
  EXPECT_TRUE(hosts && hosts->size() == 1) << members;
  return hosts && hosts->size() == 1 ? hosts->front() : HostMemory{};
}

TEST(HostMemory, TakesMembersOfAnotherKindForMissing) {
  for (const auto* members :
       {R"("reached":1,"limit":"4","busy_parks":"many","unreachable_parks":[],"parked_until":17,"dead_until":{})",
        R"("limit":null,"busy_parks":-3,"unreachable_parks":-1e300,"parked_until":"soon","why":7)",
        R"("limit":true,"parked_until":"-2026-11-26T12:00:00.000Z","dead_until":"")"}) {
    const auto host = only(members);
    EXPECT_EQ(host.state.limit, 1);
    EXPECT_EQ(host.state.busy_parks + host.state.unreachable_parks, 0u);
    EXPECT_EQ(host.state.parked_for, 0ms);
    EXPECT_EQ(host.state.dead_for, 0ms);
    EXPECT_EQ(host.why, "");
    EXPECT_FALSE(host.reached);
  }
}

TEST(HostMemory, CountsNoMoreThanMatters) {
  const auto host = only(R"("busy_parks":4000000000,"unreachable_parks":1e300,"successes":1e300,"refused":21)");
  EXPECT_EQ(host.state.successes, 20u);
  EXPECT_EQ(host.state.refused, 20u);
  EXPECT_EQ(host.state.busy_parks, 16u);
  EXPECT_EQ(host.state.unreachable_parks, 16u);
}

TEST(HostMemory, TellsWhenAParkThatIsOverEnded) {
  HostMemory host{"http://a", {.busy_parks = 3, .parked_for = -2h}, ""};
  const auto back = parse_hosts(hosts_json({host}, today, true), today + 1h);
  ASSERT_TRUE(back && back->size() == 1);
  EXPECT_EQ(back->front().state.parked_for, -3h);
  EXPECT_EQ(back->front().state.busy_parks, 3u);
  host.state.busy_parks = 0;
  EXPECT_EQ(hosts_json({host}, today, true).find("parked_until"), std::string::npos)
      << "it matters for penalties alone";
}

TEST(HostMemory, IsNothingWhenTheTextIsSomethingElse) {
  for (const auto* text : {"", "{", "[]", "{}", R"({"hosts":7})", R"({"hosts":[{"origin":"http://a","limit":NaN}]})"})
    EXPECT_FALSE(parse_hosts(text, today)) << text;
}

TEST(HostMemory, LeavesOutWhatIsNoOrigin) {
  const auto hosts = parse_hosts(R"({"hosts":[7,{},{"origin":1},{"origin":"ftp://a"},{"origin":"http://A.example/"},
    {"origin":"http://a.example"}]})",
                                 today);
  ASSERT_TRUE(hosts);
  ASSERT_EQ(hosts->size(), 1u);
  EXPECT_EQ(hosts->front().origin, "http://a.example");
}

class Restart : public FrontierTest {
 protected:
  void restart(Duration passes = 0ms, bool stopped = true) {
    const auto kept = frontier.remembered(now);
    const auto text = hosts_json(kept, today, stopped);
    frontier = Frontier(settings, 4, 1);
    frontier.open(0, 4);
    now += passes;
    const auto back = parse_hosts(text, today + std::chrono::duration_cast<milliseconds>(passes));
    ASSERT_TRUE(back);
    frontier.restore(*back, now);
  }

  void be_polite() {
    LimitOverrides polite;
    polite.profile = Profile::polite;
    settings.host = overridden({}, polite);
    use(settings);
  }

  // A host that is asked answers that it has too much to do.
  void overload() {
    add("http://a", 1);
    auto actions = run();
    ASSERT_EQ(actions.size(), 1u);
    now += 1ms;
    end(actions[0], Reason::http_status, 503);
  }
};

TEST_F(Restart, KeepsThePaceOfAHost) {
  settings.host.delay = 5s;
  use(settings);
  add("http://a", 1);
  auto actions = run();
  now += 1s;
  end(actions.at(0), Reason::none, 200);
  restart(1s);
  add("http://a", 2);
  EXPECT_TRUE(run().empty());
  const auto before = now;
  actions = run_later();
  EXPECT_EQ(now - before, 3s) << "it was asked two seconds ago";
  now += 1s;
  end(actions.at(0), Reason::none, 200);
  restart(1h, false);
  add("http://a", 1);
  EXPECT_TRUE(run().empty());
  const auto crashed = now;
  run_later();
  EXPECT_EQ(now - crashed, 5s) << "nobody knows when it was asked last";
}

TEST_F(Restart, KeepsThePaceOfAHostThatIsBeingAsked) {
  settings.host.requests_per_second = 0.1;
  use(settings);
  add("http://a", 1);
  auto actions = run();
  restart(1s);
  add("http://a", 1);
  const auto before = now;
  EXPECT_TRUE(run().empty());
  run_later();
  EXPECT_EQ(now - before, 9s);
}

TEST_F(Restart, KeepsTheRestOfAHost) {
  be_polite();
  add("http://a", 1);
  auto actions = run();
  now += 1s;
  end(actions.at(0), Reason::none, 200);
  restart(1s);
  add("http://a", 1);
  const auto before = now;
  EXPECT_TRUE(run().empty());
  run_later();
  EXPECT_EQ(now - before, 2s);
}

TEST_F(Restart, KeepsTheRestOfAHostThatIsBeingAskedOverACrash) {
  be_polite();
  add("http://a", 2);
  auto actions = run();
  EXPECT_EQ(frontier.news_of_hosts(), 1u) << "so that it is written down at once";
  now += 1s;
  end(actions[0], Reason::none, 200);
  run_later();
  restart(1h, false);
  add("http://a", 1);
  const auto before = now;
  EXPECT_TRUE(run().empty());
  run_later();
  EXPECT_EQ(now - before, 3s);
}

TEST_F(Restart, ForgetsAPaceThatIsShorterThanARestart) {
  settings.host.requests_per_second = 20;
  use(settings);
  add("http://a", 1);
  auto actions = run();
  now += 1ms;
  end(actions.at(0), Reason::none, 200);
  EXPECT_EQ(frontier.remembered(now).at(0).state.pace, 0ms);
}

TEST_F(Restart, DoesNotEndTheParkingOfAHost) {
  add("http://a", 3);
  auto actions = run();
  end(actions[0], Reason::http_status, 429, 60s);
  restart(20s);
  ASSERT_EQ(frontier.parked(now, 10).size(), 1u);
  EXPECT_EQ(frontier.parked(now, 10)[0].parked_for, 40s);
  EXPECT_EQ(frontier.parked(now, 10)[0].why, "http_status");
  add("http://a", 1);
  EXPECT_TRUE(run().empty());
  const auto before = now;
  EXPECT_EQ(run_later().size(), 1u);
  EXPECT_EQ(now, before + 40s);
}

TEST_F(Restart, DoesNotForgetHowOftenAHostWasParked) {
  add("http://a", 1);
  auto actions = run();
  end(actions[0], Reason::http_status, 503);
  restart(1min);
  ASSERT_NO_FATAL_FAILURE(overload());
  EXPECT_EQ(frontier.parked(now, 10).at(0).parked_for, 20s) << "twice the first time";
}

TEST_F(Restart, DoesNotKeepWhatAHostWasParkedForForMoreThanADay) {
  add("http://a", 1);
  auto actions = run();
  end(actions[0], Reason::http_status, 503);
  restart(24h);
  EXPECT_EQ(frontier.remembered(now).at(0).state.busy_parks, 1u) << "10 s are left";
  restart(10s);
  ASSERT_NO_FATAL_FAILURE(overload());
  EXPECT_EQ(frontier.parked(now, 10).at(0).parked_for, 10s) << "as the first time";
  EXPECT_EQ(frontier.parked(now, 10).at(0).parks, 1u);
}

TEST_F(Restart, ShowsWhoIsLeftAloneAndAfterHowManyParks) {
  frontier.restore({{"http://a", {.busy_parks = 3, .parked_for = 5min}, "http_status 429"},
                    {"http://b", {.dead_for = 7min}, "connect_refused"}},
                   now);
  restart(1min);
  const auto shown = frontier.parked(now, 10);
  ASSERT_EQ(shown.size(), 2u);
  EXPECT_EQ(shown[0].parks, 3u);
  EXPECT_EQ(shown[0].parked_for, 4min);
  EXPECT_EQ(shown[1].why, "connect_refused");
  EXPECT_EQ(shown[1].parked_for, 6min);
}

TEST_F(Restart, DoesNotFillASmallWindowWithHosts) {
  use({.window_memory = 1 << 20});
  std::vector<HostMemory> hosts;
  for (unsigned i = 0; i < 5000; ++i) hosts.push_back({"http://host" + std::to_string(i), {.parked_for = 1h}, ""});
  frontier.restore(hosts, now);
  EXPECT_TRUE(frontier.has_room());
}

TEST_F(Restart, DoesNotLetAHostThatCannotBeReachedFailFiveTimesAgain) {
  add("http://a", 1);
  for (int i = 0; i < 100 && frontier.parked(now, 10).empty(); ++i) {
    auto actions = run();
    if (actions.empty()) actions = run_later();
    now += 1ms;
    for (auto& action : actions) end(action, Reason::connect_refused);
    add("http://a", 1);
  }
  ASSERT_EQ(frontier.parked(now, 10).size(), 1u);
  restart(2min);
  add("http://a", 1);
  auto actions = run();
  ASSERT_EQ(actions.size(), 1u);
  now += 1ms;
  end(actions[0], Reason::connect_refused);
  EXPECT_EQ(frontier.parked(now, 10).size(), 1u);
}

TEST_F(Restart, KeepsWhatWasLearnedOfALimit) {
  add("http://a", 100);
  for (int round = 0; round < 20; ++round) {
    for (auto& action : run()) end(action, Reason::none, 200);
  }
  restart();
  add("http://a", 100);
  EXPECT_EQ(run().size(), 6u);
}

TEST_F(Restart, GivesUpWhatIsOfAHostThatWasGivenUp) {
  frontier.restore(
      {{"http://a", {.limit = 1, .busy_parks = 0, .unreachable_parks = 0, .parked_for = 0ms, .dead_for = 5min}, {}}},
      now);
  add("http://a", 2);
  const auto actions = run();
  ASSERT_EQ(actions.size(), 2u);
  EXPECT_EQ(actions[0].kind, Kind::give_up);
}

TEST_F(Restart, BelievesNoMoreThanCouldBe) {
  frontier.restore({{"http://a",
                     {.limit = 1e9, .busy_parks = 0, .unreachable_parks = 0, .parked_for = 24h * 365, .dead_for = 0ms},
                     {}}},
                   now);
  add("http://a", 100);
  const auto before = now;
  EXPECT_EQ(run_later().size(), 6u);
  EXPECT_EQ(now, before + 6h);
}

}  // namespace
}  // namespace gannet::frontier
