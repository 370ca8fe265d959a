#include "core/sync_group.hpp"

#include <gtest/gtest.h>

#include "support/temp_folder.hpp"

namespace gannet {
namespace {

using test::TempFolder;
using test::write_file;

constexpr int few = 2, many = 100;  // synced one by one, and together

class SyncGroupTest : public testing::TestWithParam<int> {
 protected:
  TempFolder folder;
  SyncGroup group{folder.path()};
};

TEST_P(SyncGroupTest, TakesFilesAndFolders) {
  for (int i = 0; i < GetParam(); ++i) {
    const auto made = folder / std::to_string(i);
    std::filesystem::create_directory(made);
    write_file(made / "file", "text");
    group.add(made);
    group.add(made / "file");
  }
  EXPECT_TRUE(group.sync());
}

TEST_P(SyncGroupTest, ForgetsWhatIsDurable) {
  for (int i = 0; i < GetParam(); ++i) {
    write_file(folder / std::to_string(i), "text");
    group.add(folder / std::to_string(i));
  }
  EXPECT_TRUE(group.sync());
  for (int i = 0; i < GetParam(); ++i) std::filesystem::remove(folder / std::to_string(i));
  EXPECT_TRUE(group.sync());
}

INSTANTIATE_TEST_SUITE_P(Size, SyncGroupTest, testing::Values(few, many));

TEST(SyncGroup, SaysWhatItCannotSync) {
  TempFolder folder;
  SyncGroup group(folder.path());
  group.add(folder / "missing");
  const auto synced = group.sync();
  ASSERT_FALSE(synced);
  EXPECT_NE(synced.error().detail.find("missing"), std::string::npos);
}

TEST(SyncGroup, OfNoFolderSyncsOneByOne) {
  TempFolder folder;
  SyncGroup group(folder / "missing");
  for (int i = 0; i < many; ++i) {
    write_file(folder / std::to_string(i), "text");
    group.add(folder / std::to_string(i));
  }
  EXPECT_TRUE(group.sync());
  group.add(folder / "gone");
  EXPECT_FALSE(group.sync());
}

}  // namespace
}  // namespace gannet
