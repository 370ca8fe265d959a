#include "fetch/connection_pool.hpp"

#include <gtest/gtest.h>

#include "fetch/scripted_stream.hpp"

namespace gannet::fetch {
namespace {

const TimePoint start{1000s};
const std::string origin = "https://example.org";

// An idle connection since `start`, usable for a minute; the address tells one from another.
Connection connection(std::string address, ScriptedStream::End end = ScriptedStream::End::silent) {
  Connection made;
  made.stream = std::make_unique<ScriptedStream>(std::vector<std::string>{}, end);
  made.address = std::move(address);
  made.idle_since = start;
  made.usable_until = start + 60s;
  return made;
}

TEST(ConnectionPool, HasNothingForAnUnknownOrigin) { EXPECT_FALSE(ConnectionPool().take(origin, start).stream); }

TEST(ConnectionPool, TakesTheNewestFirstAndEachOnce) {
  ConnectionPool pool;
  pool.give_back(origin, connection("old"));
  pool.give_back(origin, connection("new"));
  EXPECT_EQ(pool.take(origin, start + 1s).address, "new");
  EXPECT_EQ(pool.take(origin, start + 1s).address, "old");
  EXPECT_FALSE(pool.take(origin, start + 1s).stream);
}

TEST(ConnectionPool, OriginsDoNotShare) {
  ConnectionPool pool;
  pool.give_back(origin, connection("here"));
  EXPECT_FALSE(pool.take("http://example.org", start).stream);
  EXPECT_FALSE(pool.take("https://example.org:8443", start).stream);
  EXPECT_TRUE(pool.take(origin, start).stream);
}

TEST(ConnectionPool, IdleConnectionsHaveNoDeadline) {
  ConnectionPool pool;
  auto one = connection("one");
  const auto& stream = static_cast<ScriptedStream&>(*one.stream);
  one.stream->expires_at(start, Reason::idle_timeout);
  pool.give_back(origin, std::move(one));
  EXPECT_FALSE(stream.armed());
}

TEST(ConnectionPool, ExpiredAreNotTaken) {
  ConnectionPool pool;
  pool.give_back(origin, connection("one"));
  EXPECT_FALSE(pool.take(origin, start + 60s).stream);
}

TEST(ConnectionPool, TheNewestThatIsQuietIsTaken) {
  ConnectionPool pool;
  pool.give_back(origin, connection("quiet"));
  pool.give_back(origin, connection("closed", ScriptedStream::End::closed));
  EXPECT_EQ(pool.take(origin, start + 1s).address, "quiet");
  EXPECT_FALSE(pool.take(origin, start + 1s).stream);
}

TEST(ConnectionPool, WhatSpeaksUnaskedIsNotTakenHoweverSoon) {
  ConnectionPool pool;
  pool.give_back(origin, connection("closed", ScriptedStream::End::closed));
  EXPECT_FALSE(pool.take(origin, start).stream);
}

TEST(ConnectionPool, SweepingClosesTheExpiredAndKeepsTheRest) {
  ConnectionPool pool;
  auto longer = connection("longer");
  longer.usable_until = start + 90s;
  pool.give_back(origin, std::move(longer));
  pool.give_back(origin, connection("shorter"));
  pool.give_back("http://other.org", connection("other"));
  pool.sweep(start + 60s, start);
  // Asked as of before, when all were usable: only what was not closed is left.
  EXPECT_EQ(pool.take(origin, start).address, "longer");
  EXPECT_FALSE(pool.take(origin, start).stream);
  EXPECT_FALSE(pool.take("http://other.org", start).stream);
}

TEST(ConnectionPool, CountsWhatIsIdle) {
  ConnectionPool pool;
  pool.give_back(origin, connection("one"));
  pool.give_back("http://other.org", connection("two"));
  EXPECT_EQ(pool.size(), 2u);
  pool.take(origin, start);
  EXPECT_EQ(pool.size(), 1u);
  pool.sweep(start + 60s, start);
  EXPECT_EQ(pool.size(), 0u);
}

TEST(ConnectionPool, TooManyCloseThoseIdleLongest) {
  ConnectionPool pool;
  const auto host = [](int number) { return "http://" + std::to_string(number) + ".org"; };
  constexpr int many = 5000;
  for (int number = 0; number < many; ++number) {
    auto one = connection("one");
    one.idle_since = start + milliseconds{number};
    pool.give_back(host(number), std::move(one));
  }
  EXPECT_LT(pool.size(), 2000u);
  EXPECT_FALSE(pool.take(host(0), start).stream);
  EXPECT_TRUE(pool.take(host(many - 1), start).stream);
}

TEST(ConnectionPool, OneOfWhichTheSlotIsGivenUpIsNotTakenAndClosed) {
  net::AddressGate gate(2, 10);
  const auto address = boost::asio::ip::make_address("192.0.2.1");
  ConnectionPool pool;
  for (const char* name : {"older", "newer"}) {
    auto one = connection(name);
    one.slot = gate.enter(address);
    ASSERT_TRUE(one.slot->rest([] {}));
    pool.give_back(origin, std::move(one));
  }
  net::AddressGate::Waiter waiter(gate, {address}, net::AddressGate::Patience::some, [] {});
  EXPECT_EQ(pool.size(), 2u);
  pool.close_given_up(origin);
  EXPECT_EQ(pool.size(), 1u);
  const auto taken = waiter.take_slot();
  EXPECT_TRUE(taken);
  net::AddressGate::Waiter another(gate, {address}, net::AddressGate::Patience::some, [] {});
  const auto none = pool.take(origin, start);
  EXPECT_FALSE(none.stream) << "though nobody has closed it yet";
  EXPECT_TRUE(another.take_slot());
}

TEST(ConnectionPool, ClearingClosesAll) {
  ConnectionPool pool;
  pool.give_back(origin, connection("one"));
  pool.clear();
  EXPECT_EQ(pool.size(), 0u);
  EXPECT_FALSE(pool.take(origin, start).stream);
}

}  // namespace
}  // namespace gannet::fetch
