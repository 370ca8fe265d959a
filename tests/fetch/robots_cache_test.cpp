#include "fetch/robots_cache.hpp"

#include <gtest/gtest.h>

namespace gannet::fetch {
namespace {

RobotsCache::Entry rules(std::string_view text) { return {RobotsRules::parse(text, {"gannet"})}; }

RobotsCache::Entry failure(Duration wait_asked_for = 0s) { return {{}, {Reason::robots, {}}, 503, wait_asked_for}; }

constexpr TimePoint start{std::chrono::hours{1000}};

TEST(RobotsCache, RemembersForADay) {
  RobotsCache cache(1000, 1 << 20);
  EXPECT_EQ(cache.find("http://a.example", start), nullptr);
  cache.put("http://a.example", rules("User-agent: *\nDisallow: /a"), start);
  const auto* known = cache.find("http://a.example", start + 24h - 1ms);
  ASSERT_NE(known, nullptr);
  EXPECT_TRUE(known->rules.forbids("/a"));
  EXPECT_EQ(cache.find("https://a.example", start), nullptr);
  EXPECT_EQ(cache.find("http://a.example", start + 24h), nullptr);
  EXPECT_EQ(cache.size(), 0u);
  EXPECT_EQ(cache.bytes(), 0u);
}

TEST(RobotsCache, RemembersAFailureForMoments) {
  RobotsCache cache(1000, 1 << 20);
  cache.put("http://a.example", failure(), start);
  EXPECT_EQ(cache.find("http://a.example", start + 4s)->status, 503u);
  EXPECT_EQ(cache.find("http://a.example", start + 5s), nullptr);
}

TEST(RobotsCache, RemembersAFailureForAsLongAsTheServerAsksFor) {
  RobotsCache cache(1000, 1 << 20);
  cache.put("http://a.example", failure(2s), start);
  EXPECT_NE(cache.find("http://a.example", start + 4s), nullptr);
  cache.put("http://a.example", failure(60s), start);
  EXPECT_NE(cache.find("http://a.example", start + 59s), nullptr);
  EXPECT_EQ(cache.find("http://a.example", start + 60s), nullptr);
}

TEST(RobotsCache, WhatIsNewReplacesWhatIsKnown) {
  RobotsCache cache(1000, 1 << 20);
  cache.put("http://a.example", failure(), start);
  cache.put("http://a.example", rules(""), start);
  EXPECT_EQ(cache.find("http://a.example", start)->fault.reason, Reason::none);
  EXPECT_EQ(cache.size(), 1u);
}

TEST(RobotsCache, ForgetsWhatWasLongestNotAskedFor) {
  RobotsCache cache(2, 1 << 20);
  cache.put("a", rules(""), start);
  cache.put("b", rules(""), start);
  EXPECT_NE(cache.find("a", start), nullptr);
  cache.put("c", rules(""), start);
  EXPECT_NE(cache.find("a", start), nullptr);
  EXPECT_EQ(cache.find("b", start), nullptr);
  EXPECT_NE(cache.find("c", start), nullptr);
}

TEST(RobotsCache, TakesNoMoreMemoryThanItMay) {
  RobotsCache cache(1000, 100'000);
  const std::string text = "User-agent: *\nDisallow: /" + std::string(30'000, 'a');
  for (int i = 0; i < 20; ++i) {
    cache.put(std::to_string(i), rules(text), start);
    EXPECT_LE(cache.bytes(), 100'000u);
  }
  EXPECT_EQ(cache.size(), 3u);
  EXPECT_NE(cache.find("19", start), nullptr);
}

TEST(RobotsCache, KeepsWhatWasJustFoundHoweverLarge) {
  RobotsCache cache(10, 1000);
  cache.put("a", rules(""), start);
  cache.put("b", rules("User-agent: *\nDisallow: /" + std::string(30'000, 'a')), start);
  EXPECT_NE(cache.find("b", start), nullptr);
  EXPECT_EQ(cache.size(), 1u);
}

}  // namespace
}  // namespace gannet::fetch
