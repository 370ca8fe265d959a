#include "net/name_cache.hpp"

#include <gtest/gtest.h>

namespace gannet::net {
namespace {

constexpr TimePoint start{1h};

const Addresses one{boost::asio::ip::make_address("192.0.2.1")};

// How long the answer is kept.
seconds kept(Result<Addresses> answer, seconds life) {
  NameCache cache;
  cache.put("a.test", std::move(answer), life, start);
  seconds held{0};
  while (cache.find("a.test", start + held)) ++held;
  return held;
}

TEST(NameCache, KeepsAddressesForTheirTimeToLiveWithinBounds) {
  EXPECT_EQ(kept(one, 100s), 100s);
  EXPECT_EQ(kept(one, 0s), 30s);
  EXPECT_EQ(kept(one, 29s), 30s);
  EXPECT_EQ(kept(one, 3601s), 3600s);
  EXPECT_EQ(kept(one, seconds::max()), 3600s);
}

TEST(NameCache, KeepsFaultsForAsLongAsItIsTold) {
  EXPECT_EQ(kept(Fault{Reason::dns_not_found, {}}, 60s), 60s);
  EXPECT_EQ(kept(Fault{Reason::dns_failed, {}}, 1s), 1s);
}

TEST(NameCache, KnowsWhatItWasToldLast) {
  NameCache cache;
  EXPECT_EQ(cache.find("a.test", start), nullptr);
  cache.put("a.test", Fault{Reason::dns_failed, {}}, 1s, start);
  EXPECT_EQ(cache.find("a.test", start)->error().reason, Reason::dns_failed);
  cache.put("a.test", one, 60s, start);
  EXPECT_EQ(**cache.find("a.test", start), one);
  EXPECT_EQ(cache.size(), 1u);
}

TEST(NameCache, IsBoundedAndForgetsWhatExpiresFirst) {
  NameCache cache(100);
  for (int i = 0; i < 1000; ++i) {
    cache.put(std::to_string(i), one, seconds{100 + i}, start);
    ASSERT_LE(cache.size(), 100u);
    ASSERT_NE(cache.find(std::to_string(i), start), nullptr);
  }
  EXPECT_EQ(cache.find("0", start), nullptr);
  EXPECT_NE(cache.find("990", start), nullptr);
}

TEST(NameCache, ANewAnswerToAKnownNameNeedsNoRoom) {
  NameCache cache(2);
  cache.put("a.test", one, 60s, start);
  cache.put("b.test", one, 60s, start);
  cache.put("b.test", one, 120s, start);
  EXPECT_NE(cache.find("a.test", start), nullptr);
}

}  // namespace
}  // namespace gannet::net
