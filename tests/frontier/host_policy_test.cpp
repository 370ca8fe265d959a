#include "frontier/host_policy.hpp"

#include <gtest/gtest.h>

namespace gannet::frontier {
namespace {

class ResolvePolicy : public testing::Test {
 protected:
  ResolvePolicy() { settings.host.ceiling = 5; }

  void say(const std::string& pattern, const LimitOverrides& limits) { settings.hosts.push_back({pattern, limits}); }

  static LimitOverrides connections(unsigned count) {
    LimitOverrides said;
    said.connections = count;
    return said;
  }

  FrontierSettings settings;
};

TEST_F(ResolvePolicy, TakesTheGeneralKeysWhereNothingElseIsSaid) {
  say("other.example.org", connections(9));
  EXPECT_EQ(resolve(settings, {}, "img.example.org").ceiling, 5u);
}

TEST_F(ResolvePolicy, AListCountsMoreThanTheGeneralKeysAndAHostMoreThanTheList) {
  say("img.example.org", connections(9));
  EXPECT_EQ(resolve(settings, connections(3), "cdn.example.org").ceiling, 3u);
  EXPECT_EQ(resolve(settings, connections(3), "img.example.org").ceiling, 9u);
  EXPECT_EQ(resolve(settings, connections(3), "img.example.org.").ceiling, 9u);
}

TEST_F(ResolvePolicy, AListMakesTheGeneralKeysStricterAndNeverLooser) {
  settings.host.requests_per_second = 5;
  settings.host.delay = 1s;
  LimitOverrides hasty, slow;
  hasty.profile = Profile::own_server;
  hasty.requests_per_second = 0;
  hasty.delay = 0s;
  slow.requests_per_second = 2;
  slow.bytes_per_second = 1000;
  slow.delay = 3s;
  slow.streams = 1;
  const auto kept = resolve(settings, hasty, "img.example.org");
  EXPECT_EQ(kept.profile, Profile::open_web);
  EXPECT_EQ(kept.ceiling, 5u);
  EXPECT_EQ(kept.start, 2u);
  EXPECT_EQ(kept.streams, settings.host.streams);
  EXPECT_EQ(kept.requests_per_second, 5);
  EXPECT_EQ(kept.delay, 1s);
  EXPECT_TRUE(kept.park);
  hasty.requests_per_second = 100;
  EXPECT_EQ(resolve(settings, hasty, "img.example.org").requests_per_second, 5);
  const auto slowed = resolve(settings, slow, "img.example.org");
  EXPECT_EQ(slowed.requests_per_second, 2);
  EXPECT_EQ(slowed.bytes_per_second, 1000u);
  EXPECT_EQ(slowed.delay, 3s);
  EXPECT_EQ(slowed.streams, 1u);
}

TEST_F(ResolvePolicy, AListMayTreatTheOperatorsOwnServersAsThoseOfOthers) {
  LimitOverrides own_server, open_web;
  own_server.profile = Profile::own_server;
  settings.host = overridden(settings.host, own_server);
  open_web.profile = Profile::open_web;
  const auto policy = resolve(settings, open_web, "img.example.org");
  EXPECT_EQ(policy.profile, Profile::open_web);
  EXPECT_EQ(policy.ceiling, HostPolicy{}.ceiling);
  EXPECT_TRUE(policy.park);
}

TEST_F(ResolvePolicy, TakesEachLimitFromTheFirstSectionThatSaysIt) {
  LimitOverrides slow = connections(2);
  slow.delay = 4s;
  say("img.example.org", connections(9));
  say("*.example.org", slow);
  say("*", connections(1));
  const HostPolicy policy = resolve(settings, {}, "img.example.org");
  EXPECT_EQ(policy.ceiling, 9u);
  EXPECT_EQ(policy.delay, 4s);
  EXPECT_EQ(resolve(settings, {}, "example.org").ceiling, 1u);
}

TEST_F(ResolvePolicy, AProfileReplacesTheNumbersOfThoseThatCountLess) {
  LimitOverrides polite;
  polite.profile = Profile::polite;
  EXPECT_EQ(resolve(settings, polite, "img.example.org").ceiling, 1u);

  say("img.example.org", polite);
  EXPECT_EQ(resolve(settings, connections(3), "img.example.org").ceiling, 1u);

  settings.hosts.front().limits.connections = 2;
  EXPECT_EQ(resolve(settings, connections(3), "img.example.org").ceiling, 2u);
  EXPECT_EQ(resolve(settings, connections(3), "img.example.org").profile, Profile::polite);
}

}  // namespace
}  // namespace gannet::frontier
