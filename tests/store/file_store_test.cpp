#include <gtest/gtest.h>

#include <system_error>
#include <thread>

#include "store/image_store.hpp"
#include "support/file_size_limit.hpp"
#include "support/temp_folder.hpp"

namespace gannet::store {
namespace {

using gannet::test::files_below;
using gannet::test::FileSizeLimit;
using gannet::test::names_in;
using gannet::test::read_file;
using gannet::test::TempFolder;
using gannet::test::write_file;

class FileStore : public testing::TestWithParam<Sync> {
 protected:
  std::unique_ptr<ImageStore> open() const { return make_file_store(layout, {.sync = GetParam()}); }
  std::vector<std::string> staged() const { return files_below(layout.staging()); }

  TempFolder folder;
  Layout layout{folder.path()};
};

TEST_P(FileStore, PublishesWhatWasStaged) {
  const auto store = open();
  const auto staging = store->stage("bytes");
  ASSERT_TRUE(staging);
  EXPECT_TRUE(names_in(layout.images()).empty()) << "nothing has its final name before it is published";
  ASSERT_TRUE(store->sync_staged());
  ASSERT_TRUE(store->publish(*staging, "images/job/00000/000000000.jpg"));
  ASSERT_TRUE(store->sync_published());
  EXPECT_EQ(read_file(layout.images() / "job/00000/000000000.jpg"), "bytes");
  EXPECT_TRUE(staged().empty());
}

TEST_P(FileStore, HasWhatIsThereAndWhole) {
  const auto store = open();
  const std::string path = "images/job/00000/000000000.jpg";
  ASSERT_TRUE(store->publish(*store->stage("bytes"), path));
  EXPECT_TRUE(store->has(path, 5));
  EXPECT_FALSE(store->has(path, 6)) << "somebody has cut it";
  EXPECT_FALSE(store->has("images/job/00000", 5));
  EXPECT_FALSE(store->has("images/other/00000/000000000.jpg", 5));
}

TEST_P(FileStore, GivesEqualBytesAnotherName) {
  const auto store = open();
  const std::string first = "images/a/00000/000000000.jpg", second = "images/b/00000/000000000.jpg";
  ASSERT_TRUE(store->publish(*store->stage("bytes"), first));
  const auto staging = store->stage_link("bytes", first);
  ASSERT_TRUE(staging) << staging.error().detail;
  ASSERT_TRUE(store->sync_staged());
  ASSERT_TRUE(store->publish(*staging, second));
  ASSERT_TRUE(store->sync_published());
  EXPECT_EQ(std::filesystem::hard_link_count(folder / first), 2u);
  EXPECT_EQ(read_file(folder / second), "bytes");
  EXPECT_TRUE(staged().empty());
  // What has the name already may be the same file: then a rename does nothing.
  ASSERT_TRUE(store->publish(*store->stage_link("bytes", first), second));
  EXPECT_TRUE(staged().empty());
  ASSERT_TRUE(store->publish(*store->stage_link("bytes", second), "images/a/00000/000000001.jpg"));
  EXPECT_EQ(std::filesystem::hard_link_count(folder / first), 3u);
}

TEST_P(FileStore, WhatIsNotTheSameBytesGetsNoOtherName) {
  const auto store = open();
  const std::string path = "images/a/00000/000000000.jpg";
  const std::string large(200'000, 'x');
  ASSERT_TRUE(store->publish(*store->stage(large), path));
  EXPECT_FALSE(store->stage_link(large + 'x', path));
  EXPECT_FALSE(store->stage_link(large.substr(1), path));
  EXPECT_FALSE(store->stage_link(large.substr(1) + 'y', path)) << "the last byte";
  EXPECT_FALSE(store->stage_link(large, "images/a/00000/000000001.jpg")) << "it is gone";
  std::filesystem::create_directory(folder / "images/a/00000/000000002.jpg");
  EXPECT_FALSE(store->stage_link(large, "images/a/00000/000000002.jpg"));
  std::filesystem::create_symlink(folder / path, folder / "images/a/00000/000000003.jpg");
  EXPECT_FALSE(store->stage_link(large, "images/a/00000/000000003.jpg"));
  EXPECT_TRUE(staged().empty());
  EXPECT_EQ(std::filesystem::hard_link_count(folder / path), 1u);
}

TEST_P(FileStore, MakesFoldersAsTheyAreNeeded) {
  const auto store = open();
  for (const auto* path :
       {"images/a/00000/1.jpg", "images/a/00001/2.jpg", "images/b/00000/1.jpg", "images/a/00000/3.jpg"}) {
    ASSERT_TRUE(store->publish(*store->stage(path), path));
    EXPECT_EQ(read_file(folder / path), path);
  }
  EXPECT_TRUE(store->sync_published());
}

TEST_P(FileStore, ReplacesWhatHasTheName) {
  const auto store = open();
  ASSERT_TRUE(store->publish(*store->stage("old"), "images/j/0/1.jpg"));
  ASSERT_TRUE(store->publish(*store->stage("new"), "images/j/0/1.jpg"));
  EXPECT_EQ(read_file(layout.images() / "j/0/1.jpg"), "new");
}

TEST_P(FileStore, TakesAnEmptyImageAndALargeOne) {
  const auto store = open();
  const std::string large(3 << 20, '\xff');
  ASSERT_TRUE(store->publish(*store->stage(""), "images/j/0/1.jpg"));
  ASSERT_TRUE(store->publish(*store->stage(large), "images/j/0/2.jpg"));
  EXPECT_EQ(read_file(layout.images() / "j/0/1.jpg"), "");
  EXPECT_EQ(read_file(layout.images() / "j/0/2.jpg"), large);
}

TEST_P(FileStore, ForgetsWhatIsDiscarded) {
  const auto store = open();
  const auto staging = store->stage("bytes");
  EXPECT_EQ(staged().size(), 1u);
  store->discard(*staging);
  EXPECT_TRUE(staged().empty());
  EXPECT_FALSE(store->publish(*staging, "images/j/0/1.jpg"));
}

TEST_P(FileStore, RemovesWhatAnEarlierRunLeftInTheStagingFolder) {
  (void)open()->stage("half");
  write_file(layout.staging() / "stray", "stray");
  std::filesystem::create_directories(layout.staging() / "folder/deep");
  const auto store = open();
  EXPECT_TRUE(staged().empty());
  EXPECT_TRUE(store->stage("bytes"));
}

TEST_P(FileStore, LeavesNothingOfAnImageThatDidNotFit) {
  const auto store = open();
  const std::string large(100000, 'x');
  {
    const FileSizeLimit nearly_full(65536);
    const auto staging = store->stage(large);
    ASSERT_FALSE(staging);
    EXPECT_EQ(staging.error().reason, Reason::disk_error);
    EXPECT_EQ(staging.error().detail.rfind("state/incoming/0/0: ", 0), 0u) << staging.error().detail;
  }
  EXPECT_TRUE(staged().empty());
  EXPECT_TRUE(store->stage(large)) << "and goes on when there is room again";
}

TEST_P(FileStore, FailsToPublishWhatIsGone) {
  const auto store = open();
  const auto published = store->publish("no-such-staging", "images/j/0/1.jpg");
  ASSERT_FALSE(published);
  EXPECT_EQ(published.error().reason, Reason::disk_error);
}

TEST_P(FileStore, FailsWhenAFileIsWhereAFolderShouldBe) {
  const auto store = open();
  write_file(layout.images() / "j", "");
  EXPECT_FALSE(store->publish(*store->stage("bytes"), "images/j/0/1.jpg"));
}

TEST_P(FileStore, MakesAFolderAgainThatSomebodyRemoved) {
  const auto store = open();
  ASSERT_TRUE(store->publish(*store->stage("1"), "images/j/0/1.jpg"));
  std::filesystem::remove_all(layout.images() / "j");
  EXPECT_FALSE(store->publish(*store->stage("2"), "images/j/0/2.jpg"));
  EXPECT_TRUE(store->publish(*store->stage("3"), "images/j/0/3.jpg"));
  EXPECT_EQ(read_file(layout.images() / "j/0/3.jpg"), "3");
  ASSERT_TRUE(store->sync_published());
  std::filesystem::rename(layout.images() / "j", layout.images() / "elsewhere");
  EXPECT_TRUE(store->publish(*store->stage("4"), "images/j/0/4.jpg"));
  EXPECT_EQ(read_file(layout.images() / "j/0/4.jpg"), "4") << "the next group goes by name";
}

TEST_P(FileStore, StagesFromManyThreads) {
  const auto store = open();
  std::array<std::vector<std::string>, 4> names;
  std::vector<std::thread> threads;
  for (auto& mine : names) {
    threads.emplace_back([&] {
      for (int i = 0; i < 100; ++i) mine.push_back(store->stage(std::to_string(i)).value());
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(staged().size(), 400u);
  for (const auto& mine : names) {
    ASSERT_TRUE(store->publish(mine[42], "images/j/0/1.jpg"));
    EXPECT_EQ(read_file(layout.images() / "j/0/1.jpg"), "42");
  }
}

TEST_P(FileStore, ThrowsWhenItsFoldersCannotBeMade) {
  write_file(folder / "state", "a file");
  EXPECT_THROW(open(), std::system_error);
}

INSTANTIATE_TEST_SUITE_P(Sync, FileStore, testing::Values(Sync::batch, Sync::strict, Sync::none));

}  // namespace
}  // namespace gannet::store
