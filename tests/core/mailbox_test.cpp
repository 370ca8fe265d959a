#include "core/mailbox.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "core/bell.hpp"

namespace gannet {
namespace {

TEST(Mailbox, HandsValuesOverInTheOrderTheyCame) {
  Mailbox<int> mailbox([] {});
  for (int i = 0; i < 100; ++i) mailbox.post(i);
  std::vector<int> taken;
  mailbox.drain([&](int value) { taken.push_back(value); });
  ASSERT_EQ(taken.size(), 100u);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(taken[static_cast<std::size_t>(i)], i);
}

TEST(Mailbox, WakesOnlyWhenItStopsBeingEmpty) {
  int wakes = 0;
  Mailbox<int> mailbox([&] { ++wakes; });
  mailbox.post(1);
  mailbox.post(2);
  EXPECT_EQ(wakes, 1);
  mailbox.drain([](int) {});
  EXPECT_EQ(wakes, 1);
  mailbox.post(3);
  EXPECT_EQ(wakes, 2);
}

TEST(Mailbox, IsEmptyAfterADrain) {
  Mailbox<int> mailbox([] {});
  int taken = 0;
  mailbox.drain([&](int) { ++taken; });
  mailbox.post(1);
  mailbox.drain([&](int) { ++taken; });
  mailbox.drain([&](int) { ++taken; });
  EXPECT_EQ(taken, 1);
}

TEST(Mailbox, LeavesWhatIsPostedDuringADrainForTheNext) {
  int wakes = 0;
  Mailbox<int> mailbox([&] { ++wakes; });
  std::vector<int> taken;
  mailbox.post(1);
  mailbox.drain([&](int value) {
    taken.push_back(value);
    mailbox.post(2);
  });
  EXPECT_EQ(taken, std::vector<int>{1});
  EXPECT_EQ(wakes, 2);
  mailbox.drain([&](int value) { taken.push_back(value); });
  EXPECT_EQ(taken, (std::vector<int>{1, 2}));
}

TEST(Mailbox, CarriesValuesThatCanOnlyBeMovedAndFreesTheRest) {
  const auto alive = std::make_shared<int>(0);
  {
    Mailbox<std::unique_ptr<std::shared_ptr<int>>> mailbox([] {});
    mailbox.post(std::make_unique<std::shared_ptr<int>>(alive));
    mailbox.drain([&](auto&& value) { EXPECT_EQ(*value, alive); });
    EXPECT_EQ(alive.use_count(), 1);
    mailbox.post(std::make_unique<std::shared_ptr<int>>(alive));
    EXPECT_EQ(alive.use_count(), 2);
  }
  EXPECT_EQ(alive.use_count(), 1);
}

TEST(Mailbox, LosesNothingFromManyThreadsAndKeepsTheOrderOfEach) {
  constexpr int producers = 4;
  constexpr int values = 50000;
  struct Letter {
    std::size_t from;
    int number;
  };
  Bell bell;
  Mailbox<Letter> mailbox([&] { bell.ring(); });
  std::vector<std::thread> threads;
  for (std::size_t from = 0; from < producers; ++from) {
    threads.emplace_back([&mailbox, from] {
      for (int i = 0; i < values; ++i) mailbox.post({from, i});
    });
  }
  std::array<int, producers> next{};
  int taken = 0;
  bool ordered = true;
  while (taken < producers * values) {
    bell.wait();  // a lost wake would hang here
    mailbox.drain([&](Letter letter) {
      ordered = ordered && letter.number == next[letter.from]++;
      ++taken;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_TRUE(ordered);
  mailbox.drain([&](Letter) { ++taken; });
  EXPECT_EQ(taken, producers * values);
}

}  // namespace
}  // namespace gannet
