#include "fetch/body_budget.hpp"

#include <gtest/gtest.h>

#include <boost/asio/detached.hpp>
#include <list>

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
  BodyBudget budget{io, 100, {}, nullptr, 1h};  // nobody waits for so long: what ends a wait is what the test says
};

// Of the limit, about.
constexpr ByteCount sixteenth = 6;

// Readable, and yet there is nothing to read until the deadline passes.
class TicketsOnly final : public net::ByteStream {
 public:
  net::Task<Result<std::size_t>> read_some(std::span<char>) override { co_return Fault{why_, {}}; }
  net::Task<Result<void>> write(std::string_view) override { co_return Result<void>(); }
  net::Task<Result<void>> readable() override { co_return Result<void>(); }
  bool quiet() override { return true; }
  void expires_at(TimePoint, Reason why) override { why_ = why; }
  void expires_never() override {}

 private:
  Reason why_ = Reason::none;
};

class Full {
 public:
  explicit Full(BodyBudget& budget) {
    while (budget.has_room()) {
      shares_.emplace_back(budget).grow(sixteenth);
    }
  }
  void end_one() { shares_.pop_front(); }
  std::size_t size() const { return shares_.size(); }

 private:
  std::list<BodyBudget::Share> shares_;
};

TEST_F(BodyBudgetTest, HasRoomUntilWhatIsReceivedReachesTheLimit) {
  BodyBudget::Share one(budget);
  EXPECT_TRUE(budget.has_room());
  one.grow(5);
  EXPECT_EQ(budget.held(), 5u);
  {
    const Full rest(budget);
    EXPECT_EQ(rest.size(), 16u);
    EXPECT_FALSE(budget.has_room());
  }
  EXPECT_TRUE(budget.has_room());
  EXPECT_EQ(budget.held(), 5u);
}

TEST_F(BodyBudgetTest, EachThatEndsLetsInTwoSoThatTheQueueComesToAnEnd) {
  Full full(budget);
  std::vector<std::shared_ptr<std::optional<bool>>> waiting;
  for (int i = 0; i < 3; ++i) waiting.push_back(waiter());
  io.poll();
  full.end_one();
  io.poll();
  EXPECT_TRUE(*waiting[0]);
  EXPECT_TRUE(*waiting[1]);
  EXPECT_FALSE(*waiting[2]);
  full.end_one();
  io.poll();
  EXPECT_TRUE(*waiting[2]);
  EXPECT_TRUE(budget.has_room());
}

TEST_F(BodyBudgetTest, NobodyWaitsForWhatNeverEnds) {
  BodyBudget hasty(io, 100, {}, nullptr, 1ms);
  const Full full(hasty);
  const auto waits = net::start(io, [](BodyBudget& own) -> net::Task<bool> {
    co_await own.wait();
    co_return true;
  }(hasty));
  EXPECT_TRUE(net::finish(io, waits));
  EXPECT_GE(hasty.held(), 100u);
}

TEST_F(BodyBudgetTest, WaitThatIsTakenDownLeavesNothingBehind) {
  auto loop = std::make_unique<boost::asio::io_context>();
  BodyBudget mine(*loop, 100, {}, nullptr, 1h);
  Full full(mine);
  boost::asio::co_spawn(*loop, mine.wait(), boost::asio::detached);
  loop->poll();
  loop.reset();
  full.end_one();
  EXPECT_TRUE(mine.has_room());
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

TEST_F(BodyBudgetTest, RoomInTheStoreIsNoneInTheBudget) {
  Full full(budget);
  const auto waits = waiter();
  io.poll();
  budget.store_made_room();
  io.poll();
  EXPECT_FALSE(*waits);
  full.end_one();
  EXPECT_TRUE(net::finish(io, waits));
}

TEST_F(BodyBudgetTest, OnceLiftedItHasRoomForAll) {
  const Full full(budget);
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
  Full full(budget);
  const auto total_end = Clock::now() + 1h;
  const auto answer = net::start(io, exchange(stream, "GET", settings, total_end, check, budget));
  io.poll();
  EXPECT_EQ(stream.taken(), 0u);
  EXPECT_EQ(stream.armed_for(), total_end) << "it is us who wait";
  full.end_one();
  EXPECT_EQ(net::finish(io, answer).body.view(), "hello");
}

// Over TLS tickets make a stream readable too.
TEST_F(BodyBudgetTest, ServerThatHadNotAnsweredYetStillHasToInTime) {
  const FetchSettings settings;
  const EarlyCheck check;
  TicketsOnly stream;
  Full full(budget);
  const auto answer = net::start(io, exchange(stream, "GET", settings, Clock::now() + 1h, check, budget));
  io.poll();
  full.end_one();
  EXPECT_EQ(net::finish(io, answer).fault.reason, Reason::first_byte_timeout);
}

}  // namespace
}  // namespace gannet::fetch
