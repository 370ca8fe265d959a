#include "fetch/body_budget.hpp"

#include <gtest/gtest.h>

#include "fetch/exchange.hpp"
#include "fetch/scripted_stream.hpp"
#include "net/run.hpp"

namespace gannet::fetch {
namespace {

class BodyBudgetTest : public testing::Test {
 protected:
  // The pointer is to true once it waits no more.
  std::shared_ptr<std::optional<bool>> waiter() { return net::start(io, wait_once()); }

  net::Task<bool> wait_once() {
    co_await budget.wait();
    co_return true;
  }

  boost::asio::io_context io;
  BodyBudget budget{io, 100};
};

TEST_F(BodyBudgetTest, HasRoomUntilWhatIsHeldReachesTheLimit) {
  BodyBudget::Share one(budget);
  EXPECT_TRUE(budget.has_room());
  one.grow(99);
  EXPECT_TRUE(budget.has_room());
  {
    BodyBudget::Share other(budget);
    other.grow(1);
    EXPECT_FALSE(budget.has_room());
  }
  EXPECT_TRUE(budget.has_room());
  EXPECT_EQ(budget.held(), 99u);
}

TEST_F(BodyBudgetTest, EachThatEndsLetsTheFirstOfThoseThatWaitBegin) {
  auto full = std::make_unique<BodyBudget::Share>(budget);
  full->grow(100);
  const auto first = waiter();
  const auto second = waiter();
  io.poll();
  EXPECT_FALSE(*first);
  full.reset();
  io.poll();
  EXPECT_TRUE(*first);
  EXPECT_FALSE(*second);
  EXPECT_FALSE(budget.has_room()) << "whoever comes now is behind the second";
  budget.lift();
  EXPECT_TRUE(net::finish(io, second));
}

TEST_F(BodyBudgetTest, NobodyWaitsForWhatNeverEnds) {
  BodyBudget::Share endless(budget);
  endless.grow(1000);
  EXPECT_TRUE(net::run(io, wait_once()));
  EXPECT_EQ(budget.held(), 1000u);
}

TEST_F(BodyBudgetTest, WhatTheStoreCannotTakeIsNotReceived) {
  bool store_has_room = false;
  BodyBudget careful(io, 100, [&] { return store_has_room; });
  EXPECT_FALSE(careful.has_room());
  const auto waits = net::start(io, [](BodyBudget& own) -> net::Task<bool> {
    co_await own.wait();
    co_return true;
  }(careful));
  io.poll();
  EXPECT_FALSE(*waits);
  store_has_room = true;
  EXPECT_FALSE(careful.has_room()) << "one waits already";
  careful.store_made_room();
  io.poll();
  EXPECT_TRUE(*waits);
  EXPECT_TRUE(careful.has_room());
}

TEST_F(BodyBudgetTest, OnceLiftedItHasRoomForAll) {
  BodyBudget::Share full(budget);
  full.grow(1000);
  const auto one = waiter();
  const auto other = waiter();
  io.poll();
  budget.lift();
  io.poll();
  EXPECT_TRUE(*one);
  EXPECT_TRUE(*other);
  EXPECT_TRUE(budget.has_room());
}

TEST_F(BodyBudgetTest, AnswerThatFindsNoRoomIsLeftInItsSocket) {
  const FetchSettings settings;
  const EarlyCheck check;
  ScriptedStream stream({"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"}, ScriptedStream::End::silent);
  auto full = std::make_unique<BodyBudget::Share>(budget);
  full->grow(100);
  const auto total_end = Clock::now() + 1h;
  const auto answer = net::start(io, exchange(stream, "GET", settings, total_end, check, budget));
  io.poll();
  EXPECT_EQ(stream.taken(), 0u);
  EXPECT_EQ(stream.armed_for(), total_end) << "the server has answered in time";
  full.reset();
  EXPECT_EQ(net::finish(io, answer).body.view(), "hello");
  EXPECT_EQ(budget.held(), 0u);
}

}  // namespace
}  // namespace gannet::fetch
