#include "net/name_servers.hpp"

#include <gtest/gtest.h>

namespace gannet::net {
namespace {

using Order = std::vector<std::size_t>;

constexpr TimePoint start{1h};

TEST(NameServers, AreAskedInTheirOrder) {
  NameServers servers(3);
  EXPECT_EQ(servers.order(start), (Order{0, 1, 2}));
  EXPECT_EQ(servers.order(start), (Order{0, 1, 2}));
}

TEST(NameServers, ASilentOneComesLastForAWhile) {
  NameServers servers(3);
  servers.kept_silent(0, start);
  EXPECT_EQ(servers.order(start), (Order{1, 2, 0}));
  EXPECT_EQ(servers.order(start + 29s), (Order{1, 2, 0}));
}

TEST(NameServers, ThenOneQuestionTriesItAgain) {
  NameServers servers(2);
  servers.kept_silent(0, start);
  EXPECT_EQ(servers.order(start + 30s), (Order{0, 1}));
  EXPECT_EQ(servers.order(start + 30s), (Order{1, 0})) << "one is enough to find out";
  servers.answered(0);
  EXPECT_EQ(servers.order(start + 31s), (Order{0, 1}));
}

TEST(NameServers, WhenAllAreSilentAllAreAsked) {
  NameServers servers(2);
  servers.kept_silent(0, start);
  servers.kept_silent(1, start);
  EXPECT_EQ(servers.order(start), (Order{0, 1}));
}

}  // namespace
}  // namespace gannet::net
