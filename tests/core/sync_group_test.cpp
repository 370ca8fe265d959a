#include "core/sync_group.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <string>

#include "support/temp_folder.hpp"

namespace gannet {
namespace {

using test::TempFolder;
using test::write_file;

constexpr int few = 2, many = 100;  // in `batch`, synced one by one, and together

class SyncGroupTest : public testing::TestWithParam<std::tuple<Sync, int>> {
 protected:
  TempFolder folder;
  SyncGroup group{folder.path(), std::get<Sync>(GetParam())};
  const int count = std::get<int>(GetParam());
};

TEST_P(SyncGroupTest, TakesFilesAndFolders) {
  for (int i = 0; i < count; ++i) {
    const auto made = folder / std::to_string(i);
    std::filesystem::create_directory(made);
    write_file(made / "file", "text");
    group.add(made);
    group.add(made / "file");
  }
  EXPECT_TRUE(group.sync());
}

TEST_P(SyncGroupTest, ForgetsWhatItSynced) {
  for (int i = 0; i < count; ++i) {
    write_file(folder / std::to_string(i), "text");
    group.add(folder / std::to_string(i));
  }
  EXPECT_TRUE(group.sync());
  for (int i = 0; i < count; ++i) std::filesystem::remove(folder / std::to_string(i));
  EXPECT_TRUE(group.sync());
}

// Somebody may have removed it: what is written there is nobody's business any more, but the disk is well.
TEST_P(SyncGroupTest, TakesAnOpenFileWithoutItsName) {
  std::vector<Descriptor> open;
  for (int i = 0; i < count; ++i) {
    const auto path = folder / std::to_string(i);
    open.push_back(std::move(*open_file(path, O_WRONLY | O_CREAT)));
    std::filesystem::remove(path);
    group.add(path, open.back().get());
  }
  EXPECT_TRUE(group.sync());
}

INSTANTIATE_TEST_SUITE_P(Each, SyncGroupTest,
                         testing::Combine(testing::Values(Sync::batch, Sync::strict, Sync::none),
                                          testing::Values(few, many)));

TEST(SyncGroup, SaysWhatItCannotSync) {
  TempFolder folder;
  SyncGroup group(folder.path(), Sync::strict);
  for (const auto* name : {"a", "b"}) group.add(folder / name);
  const auto synced = group.sync();
  ASSERT_FALSE(synced);
  EXPECT_EQ(synced.error().detail, (folder / "a").string() + ": No such file or directory");
}

TEST(SyncGroup, SyncsNothingWhereNothingIsToBe) {
  TempFolder folder;
  SyncGroup group(folder.path(), Sync::none);
  group.add(folder / "missing");
  EXPECT_TRUE(group.sync());
}

TEST(SyncGroup, OfNoFolderSyncsOneByOne) {
  TempFolder folder;
  SyncGroup group(folder / "missing", Sync::batch);
  for (int i = 0; i < many; ++i) group.add(folder / std::to_string(i));
  EXPECT_FALSE(group.sync());
}

}  // namespace
}  // namespace gannet
