#include "fetch/lane.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <mutex>
#include <set>

#include "core/bell.hpp"
#include "net/loopback_server.hpp"

namespace gannet::fetch {
namespace {

using net::LoopbackServer;
using net::Peer;

// What lanes delivered, from whichever thread.
class Delivered {
 public:
  Lane::Deliver take() {
    return [this](std::vector<Fetched> ended) {
      const std::lock_guard lock(mutex_);
      for (const auto& fetched : ended) {
        ++times_[fetched.task.row.line];
        ++by_reason_[fetched.record.reason];
        if (fetched.record.question) ++questions_;
        threads_.insert(std::this_thread::get_id());
        one_more_.ring();
      }
    };
  }

  void wait_for(int count) {
    while (count-- > 0) one_more_.wait();
  }

  /// How often each line was delivered.
  std::map<std::uint64_t, int> times() {
    const std::lock_guard lock(mutex_);
    return times_;
  }
  int count(Reason reason) {
    const std::lock_guard lock(mutex_);
    return by_reason_[reason];
  }
  int questions() {
    const std::lock_guard lock(mutex_);
    return questions_;
  }
  std::set<std::thread::id> threads() {
    const std::lock_guard lock(mutex_);
    return threads_;
  }

 private:
  std::mutex mutex_;
  Bell one_more_;
  std::map<std::uint64_t, int> times_;
  std::map<Reason, int> by_reason_;
  int questions_ = 0;  // of records that others wait for
  std::set<std::thread::id> threads_;
};

std::map<std::uint64_t, int> each_once(int lines) {
  std::map<std::uint64_t, int> times;
  for (int line = 1; line <= lines; ++line) times[static_cast<std::uint64_t>(line)] = 1;
  return times;
}

void answer_all(Peer& peer) {
  while (!peer.read_request().empty()) peer.send("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\npicture");
}

std::vector<FetchTask> only(FetchTask task) {
  std::vector<FetchTask> tasks;
  tasks.push_back(std::move(task));
  return tasks;
}

class LaneTest : public testing::Test {
 protected:
  LaneTest() { settings.allow_addresses = {*AddressRange::parse("127.0.0.0/8")}; }

  static FetchTask task(int line, const LoopbackServer& server) {
    FetchTask made;
    made.row.line = static_cast<std::uint64_t>(line);
    made.row.url = "http://127.0.0.1:" + std::to_string(server.port()) + "/" + std::to_string(line);
    return made;
  }

  FetchSettings settings;
  Delivered delivered;
};

TEST_F(LaneTest, DeliversEveryTaskOnceOnItsOwnThread) {
  LoopbackServer server(answer_all);
  Lane lane(0, settings, delivered.take());
  for (int line = 1; line <= 100; ++line) lane.post(only(task(line, server)));
  delivered.wait_for(100);
  EXPECT_EQ(delivered.times(), each_once(100));
  EXPECT_EQ(delivered.count(Reason::none), 100);
  ASSERT_EQ(delivered.threads().size(), 1u);
  EXPECT_NE(*delivered.threads().begin(), std::this_thread::get_id());
}

TEST_F(LaneTest, TasksPostedOneAfterTheOtherShareAConnection) {
  LoopbackServer server(answer_all);
  Lane lane(0, settings, delivered.take());
  for (int line = 1; line <= 50; ++line) {
    lane.post(only(task(line, server)));
    delivered.wait_for(1);
  }
  EXPECT_EQ(delivered.times(), each_once(50));
  EXPECT_EQ(server.connections(), 1u);
}

TEST_F(LaneTest, TakesTasksFromManyThreads) {
  LoopbackServer server(answer_all);
  Lane lane(0, settings, delivered.take());
  std::vector<std::thread> posting;
  for (int part = 0; part < 4; ++part) {
    posting.emplace_back([&, part] {
      for (int line = 1; line <= 25; ++line) lane.post(only(task(part * 25 + line, server)));
    });
  }
  for (auto& thread : posting) thread.join();
  delivered.wait_for(100);
  EXPECT_EQ(delivered.times(), each_once(100));
}

TEST_F(LaneTest, CancelDeliversEveryTaskOnceRunningOrToCome) {
  Bell asked;
  LoopbackServer server([&](Peer& peer) {
    peer.read_request();
    asked.ring();
    peer.wait_for_close();
  });
  Lane lane(0, settings, delivered.take());
  for (int line = 1; line <= 20; ++line) lane.post(only(task(line, server)));
  for (int line = 1; line <= 20; ++line) asked.wait();
  lane.cancel();
  for (int line = 21; line <= 30; ++line) lane.post(only(task(line, server)));
  delivered.wait_for(30);
  EXPECT_EQ(delivered.times(), each_once(30));
  EXPECT_EQ(delivered.count(Reason::cancelled), 30);
  EXPECT_EQ(server.connections(), 20u);
}

TEST_F(LaneTest, CancelInTheMiddleOfEverythingLosesAndDoublesNothing) {
  LoopbackServer server(answer_all);
  for (int round = 0; round < 20; ++round) {
    Delivered all;
    {
      Lane lane(0, settings, all.take());
      std::thread canceller;
      for (int line = 1; line <= 20; ++line) {
        lane.post(only(task(line, server)));
        if (line == round) canceller = std::thread([&] { lane.cancel(); });
      }
      if (canceller.joinable()) canceller.join();
    }
    EXPECT_EQ(all.times(), each_once(20));
    EXPECT_EQ(all.count(Reason::none) + all.count(Reason::cancelled), 20);
  }
}

TEST_F(LaneTest, DestructionDeliversWhatIsRunning) {
  Bell asked;
  LoopbackServer server([&](Peer& peer) {
    peer.read_request();
    asked.ring();
    peer.wait_for_close();
  });
  {
    Lane lane(0, settings, delivered.take());
    lane.post(only(task(1, server)));
    asked.wait();
  }
  EXPECT_EQ(delivered.times(), each_once(1));
  EXPECT_EQ(delivered.count(Reason::cancelled), 1);
}

TEST_F(LaneTest, ReceivesNothingThatTheStoreHasNoRoomFor) {
  std::atomic<bool> room{false};
  Bell asked;
  LoopbackServer server(answer_all);
  Lane lane(0, settings, delivered.take(), {}, [&] {
    asked.ring();
    return room.load();
  });
  lane.post(only(task(1, server)));
  asked.wait();
  EXPECT_TRUE(delivered.times().empty());
  room = true;
  lane.store_made_room();
  delivered.wait_for(1);
  EXPECT_EQ(delivered.count(Reason::none), 1);
}

TEST_F(LaneTest, StopsAlthoughTheStoreHasNoRoom) {
  Bell asked;
  LoopbackServer server(answer_all);
  Lane lane(0, settings, delivered.take(), {}, [&] {
    asked.ring();
    return false;
  });
  lane.post(only(task(1, server)));
  asked.wait();
  lane.stop();
  lane.stop();
  EXPECT_EQ(delivered.times(), each_once(1));
}

// Whoever waits for its result hears of it.
TEST_F(LaneTest, ABugEndsOneLineAlone) {
  LoopbackServer server([](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + std::string(2 * least_for_early_check, 'x'));
    peer.read_request();
  });
  const EarlyCheck check = [](std::string_view, const JobOptions*) -> Result<EarlyVerdict> {
    throw std::runtime_error("a bug");
  };
  Lane lane(0, settings, delivered.take(), check);
  auto one = task(1, server);
  one.question = Hash128{1, 2};
  lane.post(only(std::move(one)));
  delivered.wait_for(1);
  EXPECT_EQ(delivered.times(), each_once(1));
  EXPECT_EQ(delivered.count(Reason::bad_response), 1);
  EXPECT_EQ(delivered.questions(), 1);
}

TEST_F(LaneTest, MissingTrustStoreStopsTheStart) {
  settings.ca_file = "/nowhere/ca.pem";
  EXPECT_THROW(Lane(0, settings, delivered.take()), std::runtime_error);
}

}  // namespace
}  // namespace gannet::fetch
