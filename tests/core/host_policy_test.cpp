#include "core/host_policy.hpp"

#include <gtest/gtest.h>

namespace gannet {
namespace {

LimitOverrides profile(Profile which) {
  LimitOverrides said;
  said.profile = which;
  return said;
}

TEST(HostPolicy, WithoutAWordStaysAsItIs) {
  HostPolicy general;
  general.ceiling = 5;
  general.delay = 2s;
  general.bytes_per_second = 1000;
  general.park_busy = 3s;
  const HostPolicy policy = overridden(general, {});
  EXPECT_EQ(policy.ceiling, 5u);
  EXPECT_EQ(policy.delay, 2s);
  EXPECT_EQ(policy.bytes_per_second, 1000u);
  EXPECT_EQ(policy.park_busy, 3s);
}

TEST(HostPolicy, TakesWhatIsSaid) {
  LimitOverrides said;
  said.connections = 9;
  said.streams = 11;
  said.requests_per_second = 0.5;
  said.bytes_per_second = 4096;
  said.delay = 7s;
  const HostPolicy policy = overridden({}, said);
  EXPECT_EQ(policy.ceiling, 9u);
  EXPECT_EQ(policy.streams, 11u);
  EXPECT_EQ(policy.requests_per_second, 0.5);
  EXPECT_EQ(policy.bytes_per_second, 4096u);
  EXPECT_EQ(policy.delay, 7s);
  EXPECT_EQ(policy.start, 2u);
}

TEST(HostPolicy, ZeroConnectionsSayWhatHoldsAnyway) {
  LimitOverrides said;
  said.connections = said.streams = 0;
  EXPECT_EQ(overridden({}, said).ceiling, 6u);
  EXPECT_EQ(overridden({}, said).streams, 32u);
}

TEST(HostPolicy, AProfileBringsItsNumbers) {
  const HostPolicy polite = overridden({}, profile(Profile::polite));
  EXPECT_EQ(polite.ceiling, 1u);
  EXPECT_EQ(polite.streams, 1u);
  EXPECT_EQ(polite.rest, 5u);
  EXPECT_TRUE(polite.park);

  const HostPolicy own = overridden(polite, profile(Profile::own_server));
  EXPECT_EQ(own.ceiling, 256u);
  EXPECT_EQ(own.streams, 256u);
  EXPECT_GE(own.start, own.ceiling) << "it need not be felt out";
  EXPECT_EQ(own.rest, 0u);
  EXPECT_FALSE(own.park);

  const HostPolicy web = overridden(own, profile(Profile::open_web));
  EXPECT_EQ(web.ceiling, 6u);
  EXPECT_EQ(web.streams, 32u);
  EXPECT_EQ(web.start, 2u);
  EXPECT_TRUE(web.park);
}

TEST(HostPolicy, ANumberThatIsSaidWinsOverTheProfileBesideIt) {
  LimitOverrides said = profile(Profile::own_server);
  said.connections = 10;
  const HostPolicy policy = overridden({}, said);
  EXPECT_EQ(policy.ceiling, 10u);
  EXPECT_EQ(policy.streams, 256u);
}

TEST(HostPolicy, AProfileLeavesThePaceAlone) {
  HostPolicy general;
  general.delay = 2s;
  general.requests_per_second = 3;
  for (const auto which : {Profile::open_web, Profile::polite, Profile::own_server}) {
    EXPECT_EQ(overridden(general, profile(which)).delay, 2s);
    EXPECT_EQ(overridden(general, profile(which)).requests_per_second, 3);
  }
}

TEST(LimitOverrides, AreCompletedWithWhatTheyDoNotSay) {
  LimitOverrides first = profile(Profile::polite), second = profile(Profile::own_server);
  second.connections = 3;
  second.streams = 4;
  second.requests_per_second = 5;
  second.bytes_per_second = 6;
  second.delay = 7ms;
  EXPECT_FALSE(second.empty());
  first.complete_with(second);
  EXPECT_EQ(first.profile, Profile::polite);
  EXPECT_EQ(first.connections, 3u);
  EXPECT_EQ(first.streams, 4u);
  EXPECT_EQ(first.requests_per_second, 5);
  EXPECT_EQ(first.bytes_per_second, 6u);
  EXPECT_EQ(first.delay, 7ms);
  EXPECT_TRUE(LimitOverrides{}.empty());
}

}  // namespace
}  // namespace gannet
