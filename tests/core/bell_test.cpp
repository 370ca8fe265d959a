#include "core/bell.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace gannet {
namespace {

TEST(Bell, RemembersEveryRing) {
  Bell bell;
  bell.ring();
  bell.ring();
  bell.wait();
  bell.wait();
}

TEST(Bell, StopsWaitingWhenTheTimeHasCome) {
  Bell bell;
  const auto soon = Clock::now() + 5ms;
  bell.wait_until(soon);
  EXPECT_GE(Clock::now(), soon);
  bell.wait_until(TimePoint{});  // long ago
}

TEST(Bell, StopsWaitingWhenItRings) {
  Bell bell;
  bell.ring();
  bell.wait_until(TimePoint::max());
  std::thread other([&] { bell.ring(); });
  bell.wait_until(Clock::now() + std::chrono::hours{24});
  other.join();
}

TEST(Bell, HandsOverWhatWasWrittenBeforeTheRing) {
  Bell bell;
  int value = 0;
  std::thread other([&] {
    value = 7;
    bell.ring();
  });
  bell.wait();
  EXPECT_EQ(value, 7);
  other.join();
}

}  // namespace
}  // namespace gannet
