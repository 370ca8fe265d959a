#include "net/winners.hpp"

#include <gtest/gtest.h>

namespace gannet::net {
namespace {

using boost::asio::ip::make_address;

constexpr TimePoint start{1h};
const Addresses all{make_address("2001:db8::1"), make_address("192.0.2.1"), make_address("2001:db8::2")};

Addresses ordered(const Winners& winners, TimePoint now) {
  Addresses addresses = all;
  winners.put_first("a.test", addresses, now);
  return addresses;
}

TEST(Winners, TheOneThatWonComesFirstForTenMinutes) {
  Winners winners;
  winners.won("a.test", all[1], start);
  EXPECT_EQ(ordered(winners, start + 599s), (Addresses{all[1], all[0], all[2]}));
  EXPECT_EQ(ordered(winners, start + 600s), all);
}

TEST(Winners, TheLastOfTheNameCounts) {
  Winners winners;
  winners.won("a.test", all[1], start);
  winners.won("a.test", all[2], start);
  winners.won("b.test", all[1], start);
  EXPECT_EQ(ordered(winners, start), (Addresses{all[2], all[0], all[1]}));
}

TEST(Winners, AnAddressThatTheNameNoLongerHasIsNotAdded) {
  Winners winners;
  winners.won("a.test", make_address("198.51.100.1"), start);
  EXPECT_EQ(ordered(winners, start), all);
}

TEST(Winners, AreBounded) {
  Winners winners(100);
  for (int i = 0; i < 1000; ++i) {
    winners.won(std::to_string(i), all[1], start);
    ASSERT_LE(winners.size(), 100u);
  }
}

}  // namespace
}  // namespace gannet::net
