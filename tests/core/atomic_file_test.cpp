#include "core/atomic_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "core/disk.hpp"
#include "support/temp_folder.hpp"

namespace gannet {
namespace {

using test::names_in;
using test::read_file;
using test::TempFolder;
using test::write_file;

TEST(ReplaceFile, CreatesAndReplaces) {
  TempFolder folder;
  ASSERT_TRUE(replace_file(folder / "status.json", "a longer first text"));
  ASSERT_TRUE(replace_file(folder / "status.json", "second", Durable::yes));
  EXPECT_EQ(read_file(folder / "status.json"), "second");
  EXPECT_EQ(names_in(folder.path()), std::vector<std::string>{"status.json"});
}

TEST(ReplaceFile, LeavesReadersTheFileTheyOpened) {
  TempFolder folder;
  ASSERT_TRUE(replace_file(folder / "f", "old"));
  std::ifstream reader(folder / "f");
  ASSERT_TRUE(replace_file(folder / "f", "new"));
  std::string text;
  reader >> text;
  EXPECT_EQ(text, "old");
}

TEST(ReplaceFile, OverwritesWhatACrashLeft) {
  TempFolder folder;
  write_file(folder / ".f.tmp", "half of something much longer");
  ASSERT_TRUE(replace_file(folder / "f", "whole"));
  EXPECT_EQ(read_file(folder / "f"), "whole");
}

TEST(ReplaceFile, DoesNotWriteThroughALinkInItsWay) {
  TempFolder folder;
  write_file(folder / "precious", "untouched");
  std::filesystem::create_symlink(folder / "precious", folder / ".f.tmp");
  ASSERT_TRUE(replace_file(folder / "f", "text"));
  EXPECT_EQ(read_file(folder / "precious"), "untouched");
  EXPECT_FALSE(std::filesystem::is_symlink(folder / "f"));
}

TEST(ReplaceFile, NamesThePathWhenItCannot) {
  TempFolder folder;
  const auto missing = replace_file(folder / "missing" / "f", "text");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().reason, Reason::disk_error);
  EXPECT_NE(missing.error().detail.find((folder / "missing" / "f").string()), std::string::npos);
}

TEST(ReplaceFile, LeavesNothingBehindWhenItCannot) {
  TempFolder folder;
  std::filesystem::create_directory(folder / "f");
  write_file(folder / "f" / "inside", "");  // so that nothing can be renamed over the folder
  EXPECT_FALSE(replace_file(folder / "f", "text"));
  EXPECT_EQ(names_in(folder.path()), std::vector<std::string>{"f"});
}

TEST(DiskFault, TellsAFullDiskFromABrokenOne) {
  EXPECT_EQ(disk_fault("f", std::make_error_code(std::errc::no_space_on_device)).reason, Reason::disk_full);
  EXPECT_EQ(disk_fault("f", {EDQUOT, std::generic_category()}).reason, Reason::disk_full);
  EXPECT_EQ(disk_fault("f", std::make_error_code(std::errc::io_error)).reason, Reason::disk_error);
}

}  // namespace
}  // namespace gannet
