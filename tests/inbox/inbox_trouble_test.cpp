// Files that are no lists, cannot be had or go away, and an inbox that ends with work under way.
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inbox/inbox_fixture.hpp"

namespace gannet::inbox {
namespace {

using namespace test;

// A file that we may not touch: immutable for root, unreadable for others.
bool set_blocked(const fs::path& file, bool blocked) {
  if (::geteuid() != 0) return ::chmod(file.c_str(), blocked ? 0 : 0600) == 0;
  const int descriptor = ::open(file.c_str(), O_RDONLY);
  int flags = 0;
  bool done = ::ioctl(descriptor, FS_IOC_GETFLAGS, &flags) == 0;
  flags = blocked ? flags | FS_IMMUTABLE_FL : flags & ~FS_IMMUTABLE_FL;
  done = done && ::ioctl(descriptor, FS_IOC_SETFLAGS, &flags) == 0;
  ::close(descriptor);
  return done;
}

TEST_F(InboxTest, BlockedFileIsListedLoggedOnceAndClaimedWhenItCanBe) {
  const auto file = write_file(layout_.inbox() / "a.txt", "http://a/\n");
  if (!set_blocked(file, true)) GTEST_SKIP() << "no file can be made untouchable here";
  start({.settle = 20ms, .rescan = 20ms});
  EXPECT_TRUE(run_until([&] { return !inbox_->blocked().empty(); }));
  for (std::size_t i = 1; i <= 3; ++i) {  // full looks go by, and others are not held up
    write_file(layout_.inbox() / ("other" + std::to_string(i) + ".txt"), "");
    EXPECT_TRUE(run_until_claimed(i));
  }
  const auto blocked = inbox_->blocked();
  ASSERT_TRUE(set_blocked(file, false));
  ASSERT_EQ(blocked.size(), 1u);
  EXPECT_EQ(blocked[0].path, file);
  EXPECT_NE(blocked[0].why.find(::geteuid() == 0 ? "not permitted" : "denied"), std::string::npos) << blocked[0].why;
  const auto log = log_.str();
  const auto first = log.find(file.string() + " waits in the inbox");
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(log.find("waits in the inbox", first + file.string().size() + 10), std::string::npos);
  ASSERT_TRUE(run_until_claimed(4));
  EXPECT_EQ(jobs_[3].source, "a.txt");
  EXPECT_TRUE(inbox_->blocked().empty());
}

TEST_F(InboxTest, FileTakenAwayIsForgotten) {
  start({.settle = 20ms, .rescan = never});
  write_file(layout_.inbox() / "gone.txt", "http://a/\n");
  io_.poll();
  fs::remove(layout_.inbox() / "gone.txt");
  write_file(layout_.inbox() / "marker.txt", "");
  ASSERT_TRUE(run_until_claimed(1));
  EXPECT_EQ(claimed(), Names{"marker.txt"});
  EXPECT_TRUE(inbox_->blocked().empty());
}

TEST_F(InboxTest, DiskThatCannotTakeJobsKeepsTheListsInTheInbox) {
  write_file(layout_.active(), "not a folder");
  start({.settle = never, .rescan = 50ms});
  for (int i = 0; i < 40; ++i) move_in("list" + std::to_string(i) + ".txt");
  ASSERT_TRUE(run_until([&] { return !inbox_->blocked().empty(); }));
  EXPECT_LE(inbox_->blocked().size(), 16u);  // it is not the files: no use in trying them all
  fs::remove(layout_.active());
  EXPECT_TRUE(run_until_claimed(40));
  EXPECT_TRUE(inbox_->blocked().empty());
}

TEST_F(InboxTest, NothingIsClaimedAfterStop) {
  start({.settle = never, .rescan = never});
  move_in("a.txt");
  inbox_->stop();
  io_.run_for(50ms);
  EXPECT_TRUE(jobs_.empty());
  EXPECT_TRUE(fs::exists(layout_.inbox() / "a.txt"));
}

TEST_F(InboxTest, MayBeDestroyedWithEventsUnderWay) {
  start({.settle = never, .rescan = never});
  for (int i = 0; i < 10; ++i) move_in("a" + std::to_string(i) + ".txt");
  io_.run_one();
  inbox_.reset();
  io_.run();
  EXPECT_LT(jobs_.size(), 10u);
}

TEST_F(InboxTest, WhatIsNoListIsRejectedWithAReason) {
  start({.settle = never, .rescan = never});
  move_in("table.csv", "id,link\n1,2\n");
  ASSERT_TRUE(run_until([&] { return log_.str().find("table.csv is not a list") != std::string::npos; }));
  EXPECT_TRUE(jobs_.empty());
  const auto folder = fs::directory_iterator(layout_.rejected())->path();
  EXPECT_EQ(read_file(folder / "table.csv"), "id,link\n1,2\n");
  EXPECT_NE(read_file(folder / "reason.txt").find("the columns found are: id, link"), std::string::npos);
  EXPECT_TRUE(fs::is_empty(layout_.active()));
}

TEST_F(InboxTest, TornListBecomesAJobThatFails) {
  start({.settle = never, .rescan = never});
  const auto whole = read_file(write_compressed(outside_ / "whole", "url\nhttp://a/\n", Compression::gzip));
  move_in("a.csv.gz", whole.substr(0, whole.size() - 10));
  ASSERT_TRUE(run_until_claimed(1));
}

}  // namespace
}  // namespace gannet::inbox
