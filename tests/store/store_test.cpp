#include "store/store.hpp"

#include <thread>

#include "store/store_fixture.hpp"

namespace gannet::store {
namespace {

using gannet::test::files_below;
using gannet::test::names_in;
using test::StoreTest;

class WholeStore : public StoreTest {
 protected:
  void start(
      const StoreSettings& settings, std::function<void()> room_made = [] {}, Catalogue* catalogue = nullptr) {
    auto heard = ear();
    store.emplace(layout, settings,
                  Store::Callbacks{std::move(heard.committed), std::move(heard.broken), std::move(room_made)},
                  catalogue);
  }

  Finished image(JobNumber job, std::uint64_t line) const {
    Finished finished;
    finished.record = record_of(job, line);
    finished.record.bytes = bytes_of(line).size();
    finished.key = line - 1;
    finished.extension = "jpg";
    finished.body.append(bytes_of(line));
    return finished;
  }
  Finished failure(JobNumber job, std::uint64_t line) const {
    Finished finished;
    finished.record = record_of(job, line, Reason::reset);
    return finished;
  }

  std::optional<Store> store;  // after what it tells
};

TEST_F(WholeStore, StoresImagesAndRecordsEverything) {
  start({.sync_interval = 1ms});
  store->open(job_of(1));
  store->accept(image(1, 1));
  store->accept(failure(1, 2));
  store->accept(image(1, 10001));
  ASSERT_TRUE(wait_for_records(3));
  EXPECT_EQ(names_in(layout.images() / "job-1"), (std::vector<std::string>{"00000", "00001"}));
  EXPECT_TRUE(files_below(layout.staging()).empty());
  EXPECT_EQ(store->unwritten(), 0u);
}

// Two lines with the same bytes, of which the catalogue knows the first.
TEST_F(WholeStore, WritesBytesOnceThatAreKnown) {
  const StoreSettings settings{.sync_interval = 1ms, .hard_links = true};
  std::filesystem::create_directories(layout.state());
  const auto linked = [&](JobNumber job) {
    auto catalogue = Catalogue::open(layout, settings);
    start(
        settings, [] {}, catalogue.get());
    store->open(job_of(job));
    auto one = image(job, 1);
    one.record.attempts = 1;
    one.record.sha256 = std::string(64, 'a');
    const auto before = committed.size();
    store->accept(std::move(one));
    EXPECT_TRUE(wait_for_records(before + 1));
    catalogue->tell(committed);
    const auto count = catalogue->status().linked;
    store.reset();
    return count;
  };
  EXPECT_EQ(linked(1), 0u);
  EXPECT_EQ(linked(2), 1u);
  EXPECT_EQ(std::filesystem::hard_link_count(layout.root / committed[0].path), 2u);
  for (const auto& record : committed) gannet::test::write_file(layout.root / record.path, "other bytes");
  EXPECT_EQ(linked(3), 0u) << "they are not what they were";
  EXPECT_EQ(std::filesystem::hard_link_count(layout.root / committed[2].path), 1u);
}

// The line of a list whose URL another line has brought, maybe of another list.
TEST_F(WholeStore, RecordsALineThatNamesTheFileOfAnother) {
  start({.sync_interval = 1ms});
  for (const JobNumber job : {1u, 2u}) store->open(job_of(job));
  store->accept(image(1, 1));
  ASSERT_TRUE(wait_for_records(1));
  Finished other;
  other.record = committed.front();
  other.record.job = 2;
  EXPECT_TRUE(store->has(other.record));
  store->accept(std::move(other));
  ASSERT_TRUE(wait_for_records(2));
  EXPECT_EQ(committed.back().job, 2u);
  EXPECT_EQ(committed.back().path, committed.front().path);
  EXPECT_EQ(names_in(layout.images()), std::vector<std::string>{"job-1"});
  std::filesystem::remove(layout.root / committed.front().path);
  EXPECT_FALSE(store->has(committed.front()));
}

TEST_F(WholeStore, LosesNothingThatWasAcceptedBeforeItEnds) {
  for (const auto sync : {Sync::batch, Sync::none}) {
    committed.clear();
    start({.writers = 3, .sync = sync, .sync_interval = 1h});
    for (const JobNumber job : {1u, 2u}) store->open(job_of(job));
    std::vector<std::thread> lanes;
    for (std::uint64_t lane = 0; lane < 4; ++lane) {
      lanes.emplace_back([&, lane] {
        for (std::uint64_t line = lane + 1; line <= 400; line += 4) {
          const JobNumber job = line % 2 ? 1 : 2;
          store->accept(line % 3 ? image(job, line) : failure(job, line));
        }
      });
    }
    for (auto& lane : lanes) lane.join();
    store.reset();
    std::set<std::uint64_t> lines;
    for (const auto& record : committed) EXPECT_TRUE(lines.insert(record.line).second) << record.line;
    EXPECT_EQ(lines.size(), 400u);
    EXPECT_TRUE(broken.empty());
  }
}

TEST_F(WholeStore, HasNoRoomAndNoRecordWhileTheDiskTakesNothing) {
  start({.sync_interval = 1ms});
  store->open(job_of(1));
  EXPECT_TRUE(store->has_room());
  std::filesystem::remove_all(layout.staging());
  store->accept(image(1, 1));
  while (!store->disk()) std::this_thread::yield();
  EXPECT_FALSE(store->has_room());
  store.reset();
  EXPECT_TRUE(committed.empty()) << "the next run fetches it";
  EXPECT_TRUE(broken.empty());
}

TEST_F(WholeStore, SaysWhenTheJournalCannotBeOpened) {
  start({.sync_interval = 1ms});
  auto job = job_of(1);
  std::filesystem::remove(job.folder);
  store->open(job);
  store->accept(image(1, 1));
  ASSERT_TRUE(wait([&] { return !broken.empty(); }));
  store.reset();
  EXPECT_TRUE(committed.empty());
}

TEST_F(WholeStore, CommitsWhenToldToFlush) {
  start({.sync_interval = 1h});
  store->open(job_of(1));
  store->accept(failure(1, 1));
  store->flush();
  EXPECT_TRUE(wait_for_records(1));
}

TEST_F(WholeStore, ClosesAJob) {
  start({.sync_interval = 1ms});
  store->open(job_of(1));
  store->accept(image(1, 1));
  ASSERT_TRUE(wait_for_records(1));
  bool closed = false;
  store->close(1, [&] {
    const std::lock_guard lock(mutex);
    closed = true;
    changed.notify_all();
  });
  EXPECT_TRUE(wait([&] { return closed; }));
}

TEST_F(WholeStore, HasNoRoomWhileTooMuchWaitsForTheDisk) {
  Bell reached, go_on;
  std::atomic<int> made = 0;
  start({.writers = 1, .sync_interval = 1ms, .memory = bytes_of(1).size()}, [&] {
    ++made;
    reached.ring();
    go_on.wait();  // holds up the only writer
  });
  store->open(job_of(1));
  EXPECT_TRUE(store->has_room());
  store->accept(image(1, 1));
  reached.wait();
  EXPECT_TRUE(store->has_room());
  store->accept(failure(1, 2));
  EXPECT_TRUE(store->has_room()) << "no bytes, no room";
  EXPECT_EQ(store->room(), bytes_of(1).size());
  store->accept(image(1, 3));
  EXPECT_FALSE(store->has_room());
  EXPECT_GE(store->unwritten(), bytes_of(3).size());
  EXPECT_EQ(store->room(), 0u);
  go_on.ring();
  reached.wait();
  EXPECT_TRUE(store->has_room());
  EXPECT_EQ(store->unwritten(), 0u);
  EXPECT_EQ(store->room(), bytes_of(1).size());
  go_on.ring();
  ASSERT_TRUE(wait_for_records(3));
  EXPECT_EQ(made, 2);
}

// A short list that comes behind many small images would wait for all of them.
TEST_F(WholeStore, HasNoRoomWhileTooManyWaitForTheDisk) {
  constexpr ByteCount memory = 64 << 20;
  Bell reached, go_on;
  start({.writers = 1, .sync = Sync::none, .sync_interval = 1ms, .memory = memory}, [&] {
    reached.ring();
    go_on.wait();  // holds up the only writer
  });
  store->open(job_of(1));
  auto large = image(1, 1);
  large.body.prepare(memory);
  store->accept(std::move(large));
  reached.wait();
  for (std::uint64_t line = 2; line <= Store::most_unwritten; ++line) store->accept(image(1, line));
  EXPECT_TRUE(store->has_room());
  store->accept(image(1, Store::most_unwritten + 1));
  EXPECT_FALSE(store->has_room());
  go_on.ring();
  reached.wait();
  EXPECT_TRUE(store->has_room());
  go_on.ring();
  store.reset();
}

TEST_F(WholeStore, DoesNotSpeakOfRoomWhenThereWasAlwaysSome) {
  std::atomic<int> made = 0;
  start({.sync_interval = 1ms}, [&] { ++made; });
  store->open(job_of(1));
  for (std::uint64_t line = 1; line <= 20; ++line) store->accept(image(1, line));
  ASSERT_TRUE(wait_for_records(20));
  EXPECT_EQ(made, 0);
}

TEST_F(WholeStore, ThrowsWhenItsFoldersCannotBeMade) {
  gannet::test::write_file(layout.images(), "a file");
  EXPECT_THROW(start({}), std::system_error);
}

}  // namespace
}  // namespace gannet::store
