#include "net/race.hpp"

#include <gtest/gtest.h>

namespace gannet::net {
namespace {

using Kind = Race::Move::Kind;

constexpr TimePoint start{1h};
constexpr TimePoint end = start + 10s;

Fault fault(Reason reason, std::string detail = "one") { return {reason, std::move(detail)}; }

testing::AssertionResult starts(Race& race, std::size_t address, TimePoint now) {
  const auto move = race.next(now);
  if (move.kind == Kind::start && move.address == address) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "move " << static_cast<int>(move.kind) << " of address " << move.address;
}

testing::AssertionResult waits(Race& race, TimePoint now, TimePoint until) {
  const auto move = race.next(now);
  if (move.kind == Kind::wait && move.until == until) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "move " << static_cast<int>(move.kind) << ", "
                                     << std::chrono::round<milliseconds>(move.until - now).count() << " ms";
}

TEST(Race, OneAddressHasAllTheTime) {
  Race race(1, end);
  EXPECT_TRUE(starts(race, 0, start));
  EXPECT_TRUE(waits(race, start, end));
}

TEST(Race, TheNextJoinsAfterAHeadStart) {
  Race race(3, end);
  EXPECT_TRUE(starts(race, 0, start));
  EXPECT_TRUE(waits(race, start, start + 250ms));
  EXPECT_TRUE(waits(race, start + 249ms, start + 250ms));
  EXPECT_TRUE(starts(race, 1, start + 250ms));
  EXPECT_TRUE(waits(race, start + 250ms, start + 500ms));
  EXPECT_TRUE(starts(race, 2, start + 510ms));
  EXPECT_TRUE(waits(race, start + 510ms, end));
}

TEST(Race, AFailureStartsTheNextAtOnce) {
  Race race(3, end);
  EXPECT_TRUE(starts(race, 0, start));
  race.failed(fault(Reason::connect_refused), start + 1ms);
  EXPECT_TRUE(starts(race, 1, start + 1ms));
  EXPECT_TRUE(waits(race, start + 1ms, start + 251ms));
  race.failed(fault(Reason::connect_failed), start + 2ms);
  EXPECT_TRUE(starts(race, 2, start + 2ms));
}

TEST(Race, IsLostWhenTheLastHasFailed) {
  Race race(2, end);
  EXPECT_TRUE(starts(race, 0, start));
  EXPECT_TRUE(starts(race, 1, start + 250ms));
  race.failed(fault(Reason::connect_refused), start + 300ms);
  EXPECT_TRUE(waits(race, start + 300ms, end));
  race.failed(fault(Reason::connect_refused), start + 400ms);
  EXPECT_EQ(race.next(start + 400ms).kind, Kind::lost);
}

TEST(Race, EndsInTimeWhateverIsUnderWay) {
  for (const std::size_t addresses : {1u, 2u, 5u}) {
    Race race(addresses, end);
    EXPECT_TRUE(starts(race, 0, start));
    EXPECT_EQ(race.next(end).kind, Kind::late);
    EXPECT_EQ(race.next(end + 1s).kind, Kind::late);
  }
  Race late(1, start);
  EXPECT_EQ(late.next(start).kind, Kind::late) << "not even begun";
}

TEST(Race, ASleepNeverGoesBeyondTheEnd) {
  Race race(2, start + 100ms);
  EXPECT_TRUE(starts(race, 0, start));
  EXPECT_TRUE(waits(race, start, start + 100ms));
}

TEST(Race, OnlySoManyAtOnce) {
  Race race(100, end);
  TimePoint now = start;
  for (std::size_t i = 0; i < Race::most_at_once; ++i, now += Race::head_start) EXPECT_TRUE(starts(race, i, now));
  EXPECT_TRUE(waits(race, now, end));
  race.failed(fault(Reason::connect_failed), now);
  EXPECT_TRUE(starts(race, Race::most_at_once, now));
  EXPECT_TRUE(waits(race, now, end));
}

TEST(Race, TellsTheMostTellingFault) {
  const std::vector<Reason> order{Reason::connect_refused, Reason::connect_timeout, Reason::connect_failed};
  for (std::size_t better = 0; better < order.size(); ++better) {
    for (std::size_t worse = better; worse < order.size(); ++worse) {
      for (const bool swapped : {false, true}) {
        Race race(2, end);
        for (const auto reason : {order[swapped ? worse : better], order[swapped ? better : worse]}) {
          EXPECT_EQ(race.next(start).kind, Kind::start);
          race.failed(fault(reason), start);
        }
        EXPECT_EQ(race.next(start).kind, Kind::lost);
        EXPECT_EQ(race.fault().reason, order[better]);
      }
    }
  }
}

TEST(Race, OfEqualFaultsTheFirstIsTold) {
  Race race(2, end);
  race.next(start);
  race.failed(fault(Reason::connect_refused, "first"), start);
  EXPECT_EQ(race.fault().detail, "first");
  race.next(start);
  race.failed(fault(Reason::connect_refused, "second"), start);
  EXPECT_EQ(race.fault().detail, "first and others");
}

std::string in_turn(const std::vector<const char*>& texts) {
  Addresses addresses;
  for (const auto* text : texts) addresses.push_back(boost::asio::ip::make_address(text));
  std::string all;
  for (const auto& address : interleaved(addresses)) all += (all.empty() ? "" : " ") + address.to_string();
  return all;
}

TEST(Interleaved, FamiliesTakeTurnsBeginningWithIPv6) {
  EXPECT_EQ(in_turn({"1.1.1.1", "1.1.1.2", "1.1.1.3", "2600::1", "2600::2"}),
            "2600::1 1.1.1.1 2600::2 1.1.1.2 1.1.1.3");
  EXPECT_EQ(in_turn({"2600::1", "2600::2", "2600::3", "1.1.1.1"}), "2600::1 1.1.1.1 2600::2 2600::3");
}

TEST(Interleaved, OneFamilyKeepsItsOrder) {
  EXPECT_EQ(in_turn({"1.1.1.2", "1.1.1.1", "1.1.1.3"}), "1.1.1.2 1.1.1.1 1.1.1.3");
  EXPECT_EQ(in_turn({"2600::2", "2600::1"}), "2600::2 2600::1");
  EXPECT_EQ(in_turn({}), "");
}

}  // namespace
}  // namespace gannet::net
