#include "core/cpu_share.hpp"

#include <gtest/gtest.h>

namespace gannet {
namespace {

TEST(CpuShare, IsWhatTheProcessUsedSinceItWasLastAsked) {
  CpuShare share;
  const auto start = Clock::now();
  volatile unsigned work = 0;
  while (Clock::now() < start + 20ms) work = work + 1;
  const double busy = share.take(Clock::now());
  EXPECT_GT(busy, 0);
  EXPECT_LE(busy, 1);
  EXPECT_LT(share.take(Clock::now() + 1h), 0.01) << "nothing was done for most of this hour";
}

TEST(CpuShare, IsNothingWithoutTime) {
  CpuShare share;
  const auto now = Clock::now();
  share.take(now);
  EXPECT_EQ(share.take(now), 0);
}

}  // namespace
}  // namespace gannet
