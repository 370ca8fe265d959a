#include "net/address_gate.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "net/gate_wait.hpp"
#include "net/run.hpp"

namespace gannet::net {
namespace {

using Slot = std::unique_ptr<AddressGate::Slot>;
using Patience = AddressGate::Patience;

const auto a = boost::asio::ip::make_address("192.0.2.1"), b = boost::asio::ip::make_address("2001:db8::1");

class AddressGateTest : public testing::Test {
 protected:
  std::unique_ptr<AddressGate::Waiter> wait(std::vector<AddressGate::Address> addresses, std::string name = "") {
    return std::make_unique<AddressGate::Waiter>(gate, addresses, Patience::some, [this, name] { woken += name; });
  }
  std::function<void()> give_up(std::string name) {
    return [this, name] { given_up += name; };
  }

  AddressGate gate{2, 100};
  std::string woken, given_up;
};

TEST_F(AddressGateTest, EachAddressHasSoManySlots) {
  Slot one = gate.enter(a), two = gate.enter(a);
  EXPECT_TRUE(one && two);
  EXPECT_FALSE(gate.enter(a));
  EXPECT_TRUE(gate.enter(b));
  one.reset();
  EXPECT_TRUE(gate.enter(a));
}

TEST_F(AddressGateTest, AnAddressWrittenAsIPv6IsTheSame) {
  const auto mapped = boost::asio::ip::make_address("::ffff:192.0.2.1");
  const Slot one = gate.enter(a), two = gate.enter(mapped);
  EXPECT_TRUE(two->is_of(a) && one->is_of(mapped));
  EXPECT_FALSE(gate.enter(a));
  EXPECT_FALSE(wait({mapped})->take_slot());
}

TEST_F(AddressGateTest, WhoComesFirstIsServedFirst) {
  Slot one = gate.enter(a), two = gate.enter(a);
  const auto first = wait({a}, "1"), second = wait({a}, "2");
  EXPECT_FALSE(first->take_slot());
  EXPECT_TRUE(one->wanted());
  one.reset();
  EXPECT_EQ(woken, "1");
  EXPECT_FALSE(gate.enter(a)) << "the slot is not passed on, but left to whoever comes";
  two.reset();
  EXPECT_EQ(woken, "12");
  const Slot third = first->take_slot();
  ASSERT_TRUE(third);
  EXPECT_FALSE(third->wanted());
  EXPECT_TRUE(second->take_slot());
}

TEST_F(AddressGateTest, AnyOfSeveralAddressesWillDo) {
  Slot one = gate.enter(a), two = gate.enter(a);
  auto at_once = wait({a, b});
  const Slot there = at_once->take_slot();
  ASSERT_TRUE(there);
  EXPECT_TRUE(there->is_of(b));
  const Slot full = gate.enter(b);
  const auto later = wait({a, b}, "x"), behind = wait({b}, "y");
  two.reset();
  EXPECT_EQ(woken, "x");
  EXPECT_TRUE(later->take_slot()->is_of(a)) << "and it is in no line any more";
}

TEST_F(AddressGateTest, WhoGoesAwayPassesItsTurnOn) {
  Slot one = gate.enter(a), two = gate.enter(a);
  auto first = wait({a}, "1"), second = wait({a}, "2"), third = wait({a}, "3");
  first.reset();
  one.reset();
  EXPECT_EQ(woken, "2");
  second.reset();  // with the slot that it was given and did not take
  EXPECT_EQ(woken, "23");
}

TEST_F(AddressGateTest, AnIdleConnectionIsGivenUpForWhoWaits) {
  Slot one = gate.enter(a), two = gate.enter(a);
  EXPECT_TRUE(one->rest(give_up("1")));
  EXPECT_TRUE(two->rest(give_up("2")));
  EXPECT_EQ(given_up, "");
  const auto waiter = wait({a}, "x");
  EXPECT_EQ(given_up, "1") << "the one that rests longest";
  EXPECT_TRUE(one->given_up());
  EXPECT_FALSE(one->work());
  EXPECT_TRUE(two->work());
  EXPECT_FALSE(two->rest(give_up("2"))) << "another waits";
  one.reset();
  EXPECT_EQ(woken, "x");
  EXPECT_TRUE(two->rest(give_up("2")));
  EXPECT_TRUE(two->work());
  EXPECT_EQ(given_up, "1");
}

TEST_F(AddressGateTest, EachThatWaitsHasOneGivenUp) {
  Slot one = gate.enter(a), two = gate.enter(a);
  one->rest(give_up("1"));
  two->rest(give_up("2"));
  const auto first = wait({a}), second = wait({a}), third = wait({a});
  EXPECT_EQ(given_up, "12");
}

// The first waits for a working connection; the slot that the second called for goes to it.
TEST_F(AddressGateTest, WhoseSlotWentToAnotherCallsForTheNext) {
  AddressGate narrow(1, 100);
  Slot of_a = narrow.enter(a), of_b = narrow.enter(b);
  std::string called;
  AddressGate::Waiter first(narrow, {a}, Patience::some, [] {});
  of_b->rest([&called] { called += "b"; });
  of_a->rest([&called] { called += "a"; });  // refused: the first waits
  AddressGate::Waiter second(narrow, {a, b}, Patience::some, [] {});
  EXPECT_EQ(called, "b");
  of_a.reset();
  EXPECT_TRUE(first.take_slot());
  of_b.reset();
  EXPECT_TRUE(second.take_slot());
}

TEST_F(AddressGateTest, TooManyAreTurnedAwayAndComeAgainLater) {
  Slot one = gate.enter(a), two = gate.enter(a);
  std::vector<std::unique_ptr<AddressGate::Waiter>> line;
  do {
    line.push_back(wait({a}));
  } while (!line.back()->turned_away());
  EXPECT_EQ(line.size(), 16u + 2 * 2 + 1);
  const auto soon = line.back()->come_again();
  EXPECT_EQ(soon, 100ms);
  for (int i = 0; i < 640; ++i) line.push_back(wait({a}));
  EXPECT_GT(line.back()->come_again(), soon);
  for (int i = 0; i < 64'000; ++i) EXPECT_LE(wait({a})->come_again(), 10s);
  AddressGate::Waiter patient(gate, {a}, Patience::any, [] {});
  EXPECT_FALSE(patient.turned_away());
  EXPECT_TRUE(gate.enter(b));
}

TEST_F(AddressGateTest, SoManyWaitAltogetherAndAConnectionIsGivenUpForTheRestToo) {
  AddressGate narrow(1, 1);
  Slot of_a = narrow.enter(a), of_b = narrow.enter(b);
  of_b->rest(give_up("b"));
  AddressGate::Waiter first(narrow, {a}, Patience::some, [] {}), second(narrow, {b}, Patience::some, [] {});
  EXPECT_FALSE(first.turned_away());
  EXPECT_TRUE(second.turned_away());
  EXPECT_EQ(given_up, "b");
  of_b.reset();
  EXPECT_TRUE(narrow.enter(b)) << "when it comes again";
}

class GateWaitTest : public testing::Test {
 protected:
  Task<Result<Slot>> pass(Patience patience, TimePoint end = Clock::now() + 1h) {
    return net::pass(io, deadlines, gate, {a}, patience, end);
  }
  boost::asio::io_context io;
  Deadlines deadlines{io};
  AddressGate gate{1, 100};
};

TEST_F(GateWaitTest, IsOverAsSoonAsThereIsASlotWhicheverThreadGaveItBack) {
  Slot held = gate.enter(a);
  const auto waits = start(io, pass(Patience::some));
  io.poll();
  EXPECT_FALSE(*waits);
  std::thread([&held] { held.reset(); }).join();
  EXPECT_EQ(verdict(finish(io, waits)), "ok");
}

TEST_F(GateWaitTest, ThatThereIsNoneIsNoFailure) {
  const Slot held = gate.enter(a);
  const auto full = run(io, pass(Patience::any, Clock::now() + 10ms));
  ASSERT_EQ(verdict(full), "cancelled");
  EXPECT_GT(full.error().again_in, 0ms);
}

TEST_F(GateWaitTest, EndsWithTheLane) {
  const Slot held = gate.enter(a);
  const auto waits = start(io, pass(Patience::any));
  io.poll();
  deadlines.shut_down();
  const auto ended = finish(io, waits);
  ASSERT_EQ(verdict(ended), "cancelled");
  EXPECT_EQ(ended.error().again_in, 0ms);
}

}  // namespace
}  // namespace gannet::net
