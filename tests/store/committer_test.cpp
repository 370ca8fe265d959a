#include "store/committer.hpp"

#include <thread>

#include "store/job_folder.hpp"
#include "store/store_fixture.hpp"
#include "store/unreliable_store.hpp"
#include "support/file_size_limit.hpp"

namespace gannet::store {
namespace {

using gannet::test::files_below;
using gannet::test::FileSizeLimit;
using test::StoreTest;
using test::UnreliableStore;

class CommitterTest : public StoreTest {
 protected:
  CommitterTest() { std::filesystem::create_directories(layout.images()); }

  // The whole of it as one group: it begins when all is posted.
  void start(StoreSettings settings = {.sync_interval = 1h}) { committer.emplace(images, gate, settings, ear()); }

  void post_image(JobNumber job, std::uint64_t line) {
    auto record = record_of(job, line);
    record.sha256 = "ab";
    record.bytes = bytes_of(line).size();
    committer->post({std::move(record), images.stage(bytes_of(line)).value(), line - 1, "jpg"});
  }
  void post_failure(JobNumber job, std::uint64_t line) {
    committer->post({record_of(job, line, Reason::http_status), {}, 0, {}});
  }
  bool nothing_published() const { return !std::filesystem::exists(layout.images() / "job-1/00000/000000000.jpg"); }

  UnreliableStore images{layout};
  std::atomic<unsigned> opened{0};
  DiskGate gate{layout.root, 0, {[] { return Result<void>(); }, [this] { ++opened; }}};
  std::optional<Committer> committer;  // after what it tells
};

TEST_F(CommitterTest, TellsOfAnImageOnceItAndItsRecordAreThere) {
  start();
  committer->open(job_of(1));
  post_image(1, 12);
  committer->flush();
  ASSERT_TRUE(wait_for_records(1));
  EXPECT_EQ(committed[0].path, "images/job-1/00000/000000011.jpg");
  EXPECT_EQ(committed[0].outcome, Outcome::ok);
  EXPECT_NE(committed[0].time, WallTime{});
  EXPECT_EQ(journal(1), told);
  EXPECT_TRUE(files_below(layout.staging()).empty());
}

TEST_F(CommitterTest, AListMayHaveFoldersOfItsOwnSize) {
  start();
  Job job = job_of(1);
  JobOptions options;
  options.shard_size = 3;
  job.options = std::make_shared<const JobOptions>(options);
  committer->open(job);
  committer->open(job_of(2));
  post_image(1, 12);
  post_image(2, 12);
  committer->flush();
  ASSERT_TRUE(wait_for_records(2));
  EXPECT_EQ(committed[0].path, "images/job-1/00003/000000011.jpg");
  EXPECT_EQ(committed[1].path, "images/job-2/00000/000000011.jpg");
}

TEST_F(CommitterTest, WritesACheckpointOnceInSoManyRecords) {
  for (const auto sync : {Sync::batch, Sync::none, Sync::strict}) {
    std::filesystem::remove_all(layout.active());
    committed.clear();
    Job job = job_of(1);
    job.list_name = "list.txt";
    gannet::test::write_file(job.list(), "http://example.org/");
    start({.sync = sync, .sync_interval = 1h, .checkpoint_every = 3});
    committer->open(job);
    post_failure(1, 1);
    post_failure(1, 2);
    committer->flush();
    ASSERT_TRUE(wait_for_records(2));
    EXPECT_FALSE(std::filesystem::exists(job.folder / "checkpoint"));
    committer->read_to(1, {40, 2, 2});
    post_image(1, 4);
    committer->flush();
    ASSERT_TRUE(wait_for_records(3));
    post_failure(1, 5);
    committer.reset();
    const auto recovered = recover(layout, job);
    ASSERT_TRUE(recovered);
    EXPECT_EQ(recovered->records_read, 1u);
    EXPECT_EQ(recovered->progress.mark, (ListMark{40, 2, 2}));
    EXPECT_EQ(recovered->progress.totals.lines, 4u);
    EXPECT_TRUE(recovered->progress.files.contains(3));
    std::filesystem::remove_all(layout.images() / "job-1");
  }
}

TEST_F(CommitterTest, AJobThatGoesOnHasACheckpointOfItsOwn) {
  Job job = job_of(1);
  job.list_name = "list.txt";
  gannet::test::write_file(job.list(), "http://example.org/");
  start();
  committer->open(job);
  post_image(1, 1);
  committer.reset();
  auto recovered = recover(layout, job);
  ASSERT_TRUE(recovered);
  EXPECT_EQ(recovered->records_read, 1u);
  start({.sync_interval = 1h, .shard_size = 7});
  committer->open(job, recovered->progress);
  committer.reset();
  recovered = recover(layout, job);
  ASSERT_TRUE(recovered);
  EXPECT_EQ(recovered->records_read, 0u);
  EXPECT_EQ(recovered->progress.shard_size, 7u);
  start({.sync_interval = 1h, .checkpoint_every = 0});
  committer->open(job, recovered->progress);
  committer.reset();
  EXPECT_EQ(recover(layout, job)->records_read, 1u) << "none is wanted, and an old one would soon be wrong";
}

TEST_F(CommitterTest, WithoutRoomForACheckpointTheRecordsGoOn) {
  Job job = job_of(1);
  std::filesystem::create_directories(job.folder / "checkpoint/in the way");
  start({.sync_interval = 1ms, .checkpoint_every = 1});
  committer->open(job);
  for (std::uint64_t line = 1; line <= 3; ++line) post_image(1, line);
  committer->flush();
  ASSERT_TRUE(wait_for_records(3));
  committer.reset();
  EXPECT_TRUE(broken.empty());
}

TEST_F(CommitterTest, SyncsBytesBeforeNamesAndNamesBeforeRecords) {
  start();
  committer->open(job_of(1));
  post_image(1, 1);
  post_failure(1, 2);
  post_image(1, 3);
  committer->flush();
  ASSERT_TRUE(wait_for_records(3));
  EXPECT_EQ(images.calls(), (std::vector<std::string>{"sync_staged", "publish images/job-1/00000/000000000.jpg",
                                                      "publish images/job-1/00000/000000002.jpg", "sync_published"}));
  std::vector<std::uint64_t> lines;
  for (const auto& record : committed) lines.push_back(record.line);
  EXPECT_EQ(lines, (std::vector<std::uint64_t>{1, 2, 3}));
}

TEST_F(CommitterTest, WaitsForItsIntervalUnlessToldToFlush) {
  start();
  committer->open(job_of(1));
  post_failure(1, 1);
  ASSERT_TRUE(settled(*committer));
  EXPECT_TRUE(committed.empty());
  committer->flush();
  ASSERT_TRUE(wait_for_records(1));
  post_failure(1, 2);
  ASSERT_TRUE(settled(*committer));
  EXPECT_EQ(committed.size(), 1u) << "one flush is one flush";
}

TEST_F(CommitterTest, CommitsWhatComesNextWhenItIsToldToFlushBefore) {
  start();
  committer->open(job_of(1));
  committer->flush();
  ASSERT_TRUE(settled(*committer));
  post_failure(1, 1);
  EXPECT_TRUE(wait_for_records(1));
}

TEST_F(CommitterTest, CommitsByItselfWhenTheIntervalIsOver) {
  for (const auto sync : {Sync::batch, Sync::strict, Sync::none}) {
    committed.clear();
    start({.sync = sync, .sync_interval = 1ms});
    committer->open(job_of(1));
    post_image(1, 1);
    ASSERT_TRUE(wait_for_records(1));
    post_image(1, 2);
    ASSERT_TRUE(wait_for_records(2));
  }
}

TEST_F(CommitterTest, DoesNotWaitLongWhenNothingIsSynced) {
  start({.sync = Sync::none, .sync_interval = 24h});
  committer->open(job_of(1));
  post_failure(1, 1);
  EXPECT_TRUE(wait_for_records(1));
}

TEST_F(CommitterTest, CommitsWhatWasPostedBeforeItEnds) {
  start();
  committer->open(job_of(1));
  for (std::uint64_t line = 1; line <= 500; ++line) line % 2 ? post_image(1, line) : post_failure(1, line);
  committer.reset();
  EXPECT_EQ(committed.size(), 500u);
  EXPECT_EQ(journal(1), told);
  EXPECT_EQ(std::ranges::count(told, '\n'), 500);
}

TEST_F(CommitterTest, KeepsTheJournalsOfJobsApart) {
  start();
  for (JobNumber job = 1; job <= 3; ++job) {
    committer->open(job_of(job));
    post_image(job, job);
  }
  committer->flush();
  ASSERT_TRUE(wait_for_records(3));
  for (JobNumber job = 1; job <= 3; ++job) {
    const auto read = parse_record(journal(job));
    ASSERT_TRUE(read) << "exactly one record: " << journal(job);
    EXPECT_EQ(read->line, job);
  }
}

TEST_F(CommitterTest, ClosesAJobAfterItsRecords) {
  start();
  committer->open(job_of(1));
  post_failure(1, 1);
  committer->flush();
  ASSERT_TRUE(wait_for_records(1));
  bool closed = false;
  committer->close(1, [&] {
    const std::lock_guard lock(mutex);
    closed = true;
    std::filesystem::rename(job_of(1).folder, layout.root / "elsewhere");
    changed.notify_all();
  });
  ASSERT_TRUE(wait([&] { return closed; }));
  committer->open(job_of(2));
  post_failure(2, 1);
  committer->flush();
  EXPECT_TRUE(wait_for_records(2)) << "and goes on with the next";
}

TEST_F(CommitterTest, GivesNoReceiptForWhatTheDiskMayHaveLost) {
  images.fail_sync_staged = Fault{Reason::disk_error, "the disk is dying"};
  start();
  committer->open(job_of(1));
  post_image(1, 1);
  post_failure(1, 2);
  committer->flush();
  ASSERT_TRUE(wait([&] { return !broken.empty(); }));
  EXPECT_EQ(broken[0].detail, "the disk is dying");
  committer.reset();
  EXPECT_TRUE(committed.empty());
  EXPECT_TRUE(nothing_published());
  EXPECT_EQ(journal(1), "");
}

TEST_F(CommitterTest, RecordsAsFailedTheOneImageThatCannotBePublished) {
  images.fail_publish = Fault{Reason::disk_error, "something has that name"};
  images.fail_publish_of = "000000000";
  start();
  committer->open(job_of(1));
  post_image(1, 1);
  post_image(1, 2);
  committer->flush();
  ASSERT_TRUE(wait_for_records(2));
  EXPECT_EQ(committed[0].reason, Reason::disk_error);
  EXPECT_EQ(committed[0].detail, "something has that name");
  EXPECT_EQ(committed[0].path, "");
  EXPECT_EQ(committed[1].outcome, Outcome::ok);
  EXPECT_TRUE(nothing_published());
  EXPECT_TRUE(files_below(layout.staging()).empty());
}

TEST_F(CommitterTest, WaitsWhileTheDiskIsFull) {
  images.fail_publish = Fault{Reason::disk_full, "no room"};
  images.fail_publish_times = 1;
  start();
  committer->open(job_of(1));
  post_image(1, 1);
  post_failure(1, 2);
  committer->flush();
  ASSERT_TRUE(wait_for_records(2));
  EXPECT_EQ(committed[0].outcome, Outcome::ok);
  EXPECT_FALSE(nothing_published());
  EXPECT_EQ(opened, 1u) << "it was closed meanwhile";
}

TEST_F(CommitterTest, EndsWithoutReceiptsWhileTheDiskIsFull) {
  images.fail_publish = Fault{Reason::disk_full, "no room"};
  start();
  committer->open(job_of(1));
  post_image(1, 1);
  committer->flush();
  while (gate.is_open()) std::this_thread::yield();
  EXPECT_EQ(gate.status()->why, "no room");
  gate.stop();
  committer.reset();
  EXPECT_TRUE(committed.empty());
  EXPECT_TRUE(broken.empty()) << "the next run goes on";
  EXPECT_EQ(journal(1), "");
}

TEST_F(CommitterTest, GivesNoReceiptWhenNamesMayBeLost) {
  images.fail_sync_published = Fault{Reason::disk_error, "the disk is dying"};
  start();
  committer->open(job_of(1));
  post_image(1, 1);
  committer->flush();
  ASSERT_TRUE(wait([&] { return !broken.empty(); }));
  EXPECT_EQ(broken[0].detail, "the disk is dying");
  post_failure(1, 2);
  committer->flush();
  ASSERT_TRUE(settled(*committer));
  committer.reset();
  EXPECT_TRUE(committed.empty());
  EXPECT_EQ(broken.size(), 1u) << "said once";
  EXPECT_EQ(journal(1), "") << "only a recovery can tell what is there";
}

TEST_F(CommitterTest, GivesNoReceiptWithoutAJournal) {
  start();
  auto job = job_of(1);
  std::filesystem::remove(job.folder);
  committer->open(job);
  post_image(1, 1);
  post_failure(1, 2);
  ASSERT_TRUE(wait([&] { return !broken.empty(); }));
  EXPECT_EQ(broken[0].reason, Reason::disk_error);
  committer.reset();
  EXPECT_TRUE(committed.empty());
  EXPECT_TRUE(nothing_published());
}

TEST_F(CommitterTest, GivesNoReceiptWhenTheJournalCannotGrow) {
  start();
  committer->open(job_of(1));
  post_failure(1, 1);
  committer->flush();
  ASSERT_TRUE(wait_for_records(1));
  const auto before = journal(1);
  {
    const FileSizeLimit nearly_full(1 << 20);
    auto record = record_of(1, 2, Reason::bad_response);
    record.detail = std::string(2 << 20, 'x');
    committer->post({std::move(record), {}, 0, {}});
    committer->flush();
    ASSERT_TRUE(wait([&] { return !broken.empty(); }));
  }
  committer.reset();
  EXPECT_EQ(committed.size(), 1u);
  EXPECT_EQ(journal(1), before) << "no half of a record either";
}

TEST(MarkNotStored, LeavesNothingThatPromisesAFile) {
  Record record;
  record.line = 7;
  record.http_status = 200;
  record.bytes = 5;
  record.sha256 = "ab";
  record.path = "images/j/00000/000000006.jpg";
  mark_not_stored(record, {Reason::disk_full, "no room"});
  EXPECT_EQ(record.outcome, Outcome::failed);
  EXPECT_EQ(record.reason, Reason::disk_full);
  EXPECT_EQ(record.detail, "no room");
  EXPECT_EQ(record.bytes, 0u);
  EXPECT_EQ(record.sha256 + record.path, "");
  EXPECT_EQ(record.http_status, 200u) << "what the server said is still true";
}

}  // namespace
}  // namespace gannet::store
