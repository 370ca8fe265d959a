#include "core/host_rules.hpp"

#include <gtest/gtest.h>

namespace gannet {
namespace {

TEST(HostPattern, IsSpelledAsHostsInUrlsAre) {
  EXPECT_EQ(normal_host_pattern("Img.Example.ORG"), "img.example.org");
  EXPECT_EQ(normal_host_pattern("*.Example.org"), "*.example.org");
  EXPECT_EQ(normal_host_pattern("*"), "*");
  EXPECT_EQ(normal_host_pattern("127.1"), "127.0.0.1");
  EXPECT_EQ(normal_host_pattern("[2001:DB8::1]"), "2001:db8::1");
  EXPECT_EQ(normal_host_pattern("2001:db8::1"), "2001:db8::1");
}

TEST(HostPattern, AnythingElseIsNone) {
  for (const char* text :
       {"", "*.", "**", "*.*.org", "img.*.org", "*example.org", "http://example.org", "example.org/a", "example.org?a",
        "example.org#a", "example.org:81", "me@example.org", "a b", "a\\b", "*.1", "*.10.0.0.1", "*.a.0x7f", "*.::1"}) {
    EXPECT_EQ(normal_host_pattern(text), std::nullopt) << text;
  }
}

TEST(HostMatches, TheHostItselfOrAnyBelow) {
  EXPECT_TRUE(host_matches("example.org", "example.org"));
  EXPECT_TRUE(host_matches("example.org", "example.org."));
  EXPECT_FALSE(host_matches("example.org", "img.example.org"));
  EXPECT_TRUE(host_matches("*.example.org", "img.example.org"));
  EXPECT_TRUE(host_matches("*.example.org", "a.b.example.org"));
  EXPECT_FALSE(host_matches("*.example.org", "example.org"));
  EXPECT_FALSE(host_matches("*.example.org", ".example.org"));
  EXPECT_FALSE(host_matches("*.example.org", "badexample.org"));
  EXPECT_FALSE(host_matches("*.example.org", "img.example.org.evil.test"));
  EXPECT_TRUE(host_matches("*", "anything"));
}

TEST(SaidOf, TheFirstThatMatchesAndSaysSomethingCounts) {
  HostRule first, second, third;
  first.pattern = "img.example.org";
  first.insecure = true;
  second.pattern = "*.example.org";
  second.cookie = "second";
  third.pattern = "*";
  third.cookie = "third";
  const std::vector<HostRule> rules{first, second, third};
  EXPECT_TRUE(said_of(rules, "img.example.org", &HostRule::insecure));
  EXPECT_FALSE(said_of(rules, "other.example.org", &HostRule::insecure));
  EXPECT_EQ(*said_of(rules, "img.example.org", &HostRule::cookie), "second");
  EXPECT_EQ(*said_of(rules, "example.org", &HostRule::cookie), "third");
  EXPECT_FALSE(said_of(rules, "img.example.org", &HostRule::referer));
}

TEST(SaidOf, FalseAndEmptyAreSaidToo) {
  HostRule one, all;
  one.pattern = "good.example.org";
  one.insecure = false;
  one.cookie = "";
  all.pattern = "*.example.org";
  all.insecure = true;
  all.cookie = "a=1";
  const std::vector<HostRule> rules{one, all};
  EXPECT_FALSE(*said_of(rules, "good.example.org", &HostRule::insecure));
  EXPECT_EQ(*said_of(rules, "good.example.org", &HostRule::cookie), "");
  EXPECT_TRUE(*said_of(rules, "other.example.org", &HostRule::insecure));
}

}  // namespace
}  // namespace gannet
