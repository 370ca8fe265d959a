// The inbox as people use it: real files, real inotify.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inbox/inbox_fixture.hpp"

namespace gannet::inbox {
namespace {

using namespace test;

TEST_F(InboxTest, MovedInIsClaimedAtOnce) {
  start({.settle = never, .rescan = never});
  move_in("a.txt", "http://a/\nhttp://b/\n");
  ASSERT_TRUE(run_until_claimed(1));
  EXPECT_EQ(claimed(), Names{"a.txt"});
  EXPECT_EQ(rows_, std::vector<std::size_t>{2});
  EXPECT_EQ(jobs_[0].priority, Priority::normal);
  EXPECT_TRUE(fs::exists(jobs_[0].list()));
  EXPECT_FALSE(fs::exists(layout_.inbox() / "a.txt"));
  EXPECT_NE(log_.str().find("claimed a.txt as job " + jobs_[0].id), std::string::npos);
}

TEST_F(InboxTest, FilesAlreadyThereAreClaimedAfterTheSettleTime) {
  write_file(layout_.inbox() / "a.txt", "http://a/\n");
  write_file(layout_.inbox() / "bulk" / "b.txt", "http://a/\n");
  start({.settle = 50ms, .rescan = never});
  ASSERT_TRUE(run_until_claimed(2));
  EXPECT_EQ(claimed(), (Names{"a.txt", "b.txt"}));
  EXPECT_EQ(jobs_[1].priority, Priority::bulk);
}

TEST_F(InboxTest, FileBeingWrittenWaitsForItsWriter) {
  start({.settle = 50ms, .rescan = never});
  const int writer = ::open((layout_.inbox() / "slow.txt").c_str(), O_WRONLY | O_CREAT, 0644);
  ASSERT_EQ(::write(writer, "http://a/\nhttp", 14), 14);
  // Each marker takes the settle time too, so slow.txt has been looked at when it is claimed.
  for (std::size_t i = 1; i <= 3; ++i) {
    write_file(layout_.inbox() / ("marker" + std::to_string(i) + ".txt"), "");
    ASSERT_TRUE(run_until_claimed(i));
  }
  EXPECT_EQ(claimed(), (Names{"marker1.txt", "marker2.txt", "marker3.txt"}));
  ASSERT_EQ(::write(writer, "://b/\n", 6), 6);
  ::close(writer);
  ASSERT_TRUE(run_until_claimed(4));
  EXPECT_EQ(jobs_[3].source, "slow.txt");
  EXPECT_EQ(rows_[3], 2u);
}

TEST_F(InboxTest, LinkedInUploadIsClaimed) {
  start({.settle = 50ms, .rescan = never});
  write_file(layout_.inbox() / ".a.upload", "http://a/\n");
  fs::create_hard_link(layout_.inbox() / ".a.upload", layout_.inbox() / "a.txt");
  fs::remove(layout_.inbox() / ".a.upload");
  ASSERT_TRUE(run_until_claimed(1));
  EXPECT_EQ(claimed(), Names{"a.txt"});
}

TEST_F(InboxTest, UploadRenamedAtItsEndIsClaimedAtOnce) {
  start({.settle = never, .rescan = never});
  write_file(layout_.inbox() / "a.txt.part", "http://a/\n");
  fs::rename(layout_.inbox() / "a.txt.part", layout_.inbox() / "a.txt");
  ASSERT_TRUE(run_until_claimed(1));
  EXPECT_EQ(claimed(), Names{"a.txt"});
}

TEST_F(InboxTest, SameNameMayComeAgain) {
  start({.settle = never, .rescan = never});
  for (std::size_t i = 1; i <= 3; ++i) {
    move_in("a.txt");
    ASSERT_TRUE(run_until_claimed(i));
  }
  EXPECT_NE(jobs_[0].id, jobs_[1].id);
  EXPECT_NE(jobs_[1].id, jobs_[2].id);
}

TEST_F(InboxTest, IgnoresWhatIsNoListFile) {
  const auto fill = [&](const std::string& suffix) {
    for (const char* name : {".a.txt", "_a.txt", "a.txt~", "a.tmp", "a.part", "a.swp"}) move_in(name + (suffix + "~"));
    for (const char* name : {".hidden", "_a.txt", "a.txt.part", "a.crdownload"}) move_in(name);
    const auto name = [&](const char* stem) { return layout_.inbox() / (stem + suffix + ".txt"); };
    ASSERT_EQ(::mkfifo(name("fifo").c_str(), 0600), 0);
    fs::create_symlink("/etc/hostname", name("link"));
    fs::create_directory(name("folder"));
    write_file(name("folder") / "inner.txt", "http://a/\n");
  };
  fill("1");
  start({.settle = 20ms, .rescan = 20ms});
  write_file(layout_.inbox() / "marker1.txt", "");
  ASSERT_TRUE(run_until_claimed(1));
  fill("2");
  write_file(layout_.inbox() / "marker2.txt", "");
  ASSERT_TRUE(run_until_claimed(2));
  EXPECT_EQ(claimed(), (Names{"marker1.txt", "marker2.txt"}));
  EXPECT_TRUE(fs::is_fifo(layout_.inbox() / "fifo1.txt"));
  EXPECT_TRUE(inbox_->blocked().empty());
}

TEST_F(InboxTest, UrgentFirstThenTheOldest) {
  move_in("bulk/bulk.txt");
  move_in("z-old.txt");
  const auto changed = [](const fs::path& file) {
    struct stat status {};
    ::lstat(file.c_str(), &status);
    return std::pair(status.st_ctim.tv_sec, status.st_ctim.tv_nsec);
  };
  do {  // until the clock of the filesystem has moved on
    move_in("a-new.txt");
  } while (changed(layout_.inbox() / "a-new.txt") == changed(layout_.inbox() / "z-old.txt"));
  move_in("urgent/urgent.txt");
  claim_one_by_one(4);
  EXPECT_EQ(claimed(), (Names{"urgent.txt", "z-old.txt", "a-new.txt", "bulk.txt"}));
  EXPECT_EQ(jobs_[0].priority, Priority::urgent);
}

TEST_F(InboxTest, OldestOfManyIsClaimedFirst) {
  for (int i = 1000; i < 1600; ++i) write_file(layout_.inbox() / ("list" + std::to_string(i) + ".txt"), "");
  claim_one_by_one(3);
  EXPECT_EQ(claimed(), (Names{"list1000.txt", "list1001.txt", "list1002.txt"}));
}

TEST_F(InboxTest, ClaimsNoMoreThanTheLimitUntilAJobEnds) {
  start({.settle = never, .rescan = never, .max_jobs = 3}, {Priority::normal});  // one goes on from an earlier run
  for (const char* name : {"a.txt", "b.txt", "c.txt"}) move_in(name);
  move_in("not-a-list.bin");  // takes no place
  ASSERT_TRUE(run_until_claimed(2));
  io_.run_for(50ms);
  EXPECT_EQ(jobs_.size(), 2u);
  EXPECT_EQ(inbox_->waiting(), 2u);
  inbox_->job_finished(Priority::normal);
  ASSERT_TRUE(run_until_claimed(3));
  inbox_->apply({.settle = never, .rescan = never, .max_jobs = 4});
  EXPECT_TRUE(run_until([&] { return fs::exists(layout_.rejected()); }));
  EXPECT_EQ(inbox_->waiting(), 0u);
}

TEST_F(InboxTest, WhatIsNoListGivesItsPlaceBack) {
  for (const char* name : {"a.bin", "b.bin"}) move_in(name);
  start({.settle = 20ms, .rescan = never, .max_jobs = 2});
  for (const char* name : {"c.txt", "d.txt"}) write_file(layout_.inbox() / name, "http://a/\n");
  ASSERT_TRUE(run_until_claimed(2));
  EXPECT_EQ(claimed(), (Names{"c.txt", "d.txt"}));
}

TEST_F(InboxTest, AListThatChoosesItsPriorityTakesAPlaceOfThat) {
  start({.settle = never, .rescan = never, .max_jobs = 1});
  move_in("a.txt", "#! priority=bulk\nhttp://a/\n");
  ASSERT_TRUE(run_until_claimed(1));
  EXPECT_EQ(jobs_[0].priority, Priority::bulk);
  move_in("b.txt");
  ASSERT_TRUE(run_until_claimed(2));
  for (const auto& job : jobs_) inbox_->job_finished(job.priority);
  move_in("bulk/c.txt");
  EXPECT_TRUE(run_until_claimed(3));
}

TEST_F(InboxTest, WhatIsLessUrgentTakesNoPlaceOfWhatIsMore) {
  start({.settle = never, .rescan = never, .max_jobs = 1}, {Priority::bulk});
  move_in("bulk/b.txt");
  move_in("a.txt");
  ASSERT_TRUE(run_until_claimed(1));
  EXPECT_EQ(claimed(), Names{"a.txt"});
  move_in("urgent/u.txt");
  ASSERT_TRUE(run_until_claimed(2));
  EXPECT_EQ(claimed().back(), "u.txt");
  move_in("c.txt");
  EXPECT_TRUE(run_until([&] { return inbox_->waiting() == 2; }));
  inbox_->job_finished(Priority::normal);
  io_.run_for(50ms);
  EXPECT_EQ(jobs_.size(), 2u) << "the urgent one takes the place";
  inbox_->job_finished(Priority::urgent);
  ASSERT_TRUE(run_until_claimed(3));
  EXPECT_EQ(claimed().back(), "c.txt");
}

}  // namespace
}  // namespace gannet::inbox
