#include "store/disk_gate.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "support/temp_folder.hpp"

namespace gannet::store {
namespace {

class DiskGateTest : public testing::Test {
 protected:
  void start(ByteCount min_free) {
    gate.emplace(folder.path(), min_free,
                 DiskGate::Callbacks{[this]() -> Result<void> {
                                       if (!takes_probes) return Fault{Reason::disk_error, "no probe"};
                                       return {};
                                     },
                                     [this] { ++opened; }});
  }

  // Refuses as often as told, then works.
  Result<int> work(Fault refusal, unsigned times, ByteCount size = 1) {
    tries = 0;
    return gate->insist(size, [&]() -> Result<int> {
      if (++tries <= times) return refusal;
      return 7;
    });
  }

  gannet::test::TempFolder folder;
  std::atomic<bool> takes_probes{true};
  std::atomic<unsigned> opened{0};
  std::atomic<unsigned> tries{0};
  std::optional<DiskGate> gate;  // after what it tells
};

const Fault full{Reason::disk_full, "no room"};
const Fault failing{Reason::disk_error, "it does not like this"};

TEST_F(DiskGateTest, IsOpenWhileWritesWork) {
  start(0);
  EXPECT_EQ(work(full, 0).value(), 7);
  EXPECT_TRUE(gate->is_open());
  EXPECT_FALSE(gate->status());
}

TEST_F(DiskGateTest, TriesAgainWhenTheDiskIsFull) {
  start(0);
  EXPECT_EQ(work(full, 1).value(), 7);
  EXPECT_EQ(tries, 2u);
  EXPECT_TRUE(gate->is_open());
  EXPECT_EQ(opened, 1u);
}

TEST_F(DiskGateTest, GivesUpAFileThatIsLargerThanTheDisk) {
  start(0);
  EXPECT_EQ(work(full, 99, ~ByteCount{0}).error().reason, Reason::disk_full);
  EXPECT_EQ(opened, 0u) << "it has never been closed";
}

TEST_F(DiskGateTest, GivesUpAFileWhenTheDiskTakesOthers) {
  start(0);
  EXPECT_EQ(work(failing, 99).error().detail, failing.detail);
  EXPECT_EQ(tries, 3u);
  EXPECT_TRUE(gate->is_open());
}

TEST_F(DiskGateTest, WaitsWhileTheDiskTakesNothing) {
  start(0);
  takes_probes = false;
  std::thread writer([&] { EXPECT_EQ(work(failing, 1).value(), 7); });
  while (gate->is_open()) std::this_thread::yield();
  EXPECT_EQ(gate->status().value_or(DiskStatus{}).why, failing.detail);
  writer.join();
  EXPECT_TRUE(gate->is_open());
}

TEST_F(DiskGateTest, IsClosedWhileTooLittleIsFree) {
  start(~ByteCount{0} >> 1);
  EXPECT_FALSE(gate->is_open());
  EXPECT_NE(gate->status()->why.find("store.min_free"), std::string::npos);
}

TEST_F(DiskGateTest, TriesOnceMoreWhenItStops) {
  start(~ByteCount{0} >> 1);
  std::thread patient([&] { EXPECT_EQ(work(full, 0).value(), 7); });
  gate->stop();
  patient.join();
  EXPECT_EQ(work(full, 99).error().reason, Reason::cancelled);
  EXPECT_EQ(tries, 1u);
}

}  // namespace
}  // namespace gannet::store
