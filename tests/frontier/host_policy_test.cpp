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
