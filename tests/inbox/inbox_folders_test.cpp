// Folders that vanish, are replaced or raise no events.
#include "inbox/inbox_fixture.hpp"

namespace gannet::inbox {
namespace {

using namespace test;

TEST_F(InboxTest, FullLookFindsFilesThatRaisedNoEvent) {
  const auto urgent = layout_.inbox() / "urgent";
  fs::remove(urgent);
  fs::create_directory_symlink(fs::path(write_file(outside_ / "old" / ".keep", "")).parent_path(), urgent);
  write_file(outside_ / "new" / "a.txt", "http://a/\n");
  start({.settle = 20ms, .rescan = 20ms});
  io_.poll();
  fs::create_directory_symlink(outside_ / "new", outside_ / "link");
  fs::rename(outside_ / "link", urgent);  // another folder from now on; the kernel tells nothing of its files
  ASSERT_TRUE(run_until_claimed(1));
  EXPECT_EQ(claimed(), Names{"a.txt"});
  EXPECT_EQ(jobs_[0].priority, Priority::urgent);
}

TEST_F(InboxTest, RecreatedFolderIsWatchedAgain) {
  start({.settle = never, .rescan = never});
  fs::remove_all(layout_.inbox() / "urgent");
  ASSERT_TRUE(run_until([&] { return fs::exists(layout_.inbox() / "urgent"); }));
  move_in("urgent/a.txt");
  ASSERT_TRUE(run_until_claimed(1));
  EXPECT_EQ(jobs_[0].priority, Priority::urgent);
}

TEST_F(InboxTest, ReplacedFolderIsWatchedAndTheOldOneIsNot) {
  start({.settle = never, .rescan = never});
  move_in("bulk/first.txt");
  ASSERT_TRUE(run_until_claimed(1));
  fs::rename(layout_.inbox() / "bulk", outside_ / "bulk");
  ASSERT_TRUE(run_until([&] { return fs::exists(layout_.inbox() / "bulk"); }));
  fs::rename(write_file(outside_ / "file", ""), outside_ / "bulk" / "elsewhere.txt");
  move_in("bulk/a.txt");
  ASSERT_TRUE(run_until_claimed(2));
  move_in("b.txt");
  ASSERT_TRUE(run_until_claimed(3));
  EXPECT_EQ(claimed(), (Names{"first.txt", "a.txt", "b.txt"}));
}

TEST_F(InboxTest, InboxItselfMayBeRecreated) {
  start({.settle = never, .rescan = never});
  fs::remove_all(layout_.inbox());
  ASSERT_TRUE(run_until([&] { return fs::exists(layout_.inbox() / "bulk"); }));
  move_in("a.txt");
  ASSERT_TRUE(run_until_claimed(1));
}

TEST_F(InboxTest, MissingFoldersAreCreated) {
  fs::remove_all(layout_.inbox());
  start({.settle = never, .rescan = never});
  EXPECT_TRUE(fs::is_directory(layout_.inbox() / "urgent"));
  EXPECT_TRUE(fs::is_directory(layout_.inbox() / "bulk"));
}

}  // namespace
}  // namespace gannet::inbox
