#include "core/disk.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "support/file_size_limit.hpp"
#include "support/temp_folder.hpp"

namespace gannet {
namespace {

using test::FileSizeLimit;
using test::names_in;
using test::read_file;
using test::TempFolder;
using test::write_file;

TEST(DiskFault, TellsAFullDiskFromABrokenOne) {
  EXPECT_EQ(disk_fault(ENOSPC, "a").reason, Reason::disk_full);
  EXPECT_EQ(disk_fault(EDQUOT, "a").reason, Reason::disk_full);
  EXPECT_EQ(disk_fault(EIO, "a").reason, Reason::disk_error);
  EXPECT_EQ(disk_fault(EACCES, "a/b").detail, "a/b: Permission denied");
}

TEST(OpenFile, NamesWhatItCannotOpen) {
  TempFolder folder;
  const auto missing = open_file(folder / "missing", O_RDONLY);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().reason, Reason::disk_error);
  EXPECT_NE(missing.error().detail.find("missing"), std::string::npos);
}

TEST(OpenFile, FollowsNoLink) {
  TempFolder folder;
  write_file(folder / "target", "precious");
  std::filesystem::create_symlink("target", folder / "link");
  EXPECT_FALSE(open_file(folder / "link", O_WRONLY | O_TRUNC));
  EXPECT_EQ(read_file(folder / "target"), "precious");
}

TEST(WriteAll, SaysThatTheDiskIsFull) {
  const auto full = open_file("/dev/full", O_WRONLY);
  ASSERT_TRUE(full);
  const auto written = write_all(full->get(), "text", "somewhere");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().reason, Reason::disk_full);
  EXPECT_TRUE(write_all(full->get(), "", "somewhere"));
}

TEST(CreateFile, IsCompleteOrNotThere) {
  TempFolder folder;
  const auto at = open_file(folder.path(), O_RDONLY | O_DIRECTORY);
  ASSERT_TRUE(at);
  ASSERT_TRUE(create_file(at->get(), "whole", "bytes", true));
  EXPECT_EQ(read_file(folder / "whole"), "bytes");
  const std::string large(100000, 'x');
  {
    const FileSizeLimit nearly_full(65536);
    EXPECT_FALSE(create_file(at->get(), "half", large, false));
  }
  EXPECT_EQ(names_in(folder.path()), std::vector<std::string>{"whole"});
}

TEST(CreateFile, ReplacesNothing) {
  TempFolder folder;
  const auto at = open_file(folder.path(), O_RDONLY | O_DIRECTORY);
  write_file(folder / "f", "old");
  EXPECT_FALSE(create_file(at->get(), "f", "new", false));
  EXPECT_EQ(read_file(folder / "f"), "old");
}

TEST(Descriptor, HasOneOwner) {
  auto opened = open_file("/dev/null", O_RDONLY);
  ASSERT_TRUE(opened);
  const int number = opened->get();
  {
    Descriptor owner(std::move(*opened));
    EXPECT_FALSE(static_cast<bool>(*opened));
    EXPECT_EQ(owner.get(), number);
    EXPECT_NE(::fcntl(number, F_GETFD), -1);
  }
  EXPECT_EQ(::fcntl(number, F_GETFD), -1) << "closed with its owner";
}

TEST(Disk, ReadsTheStartOfAFileAndNoMore) {
  const test::TempFolder folder;
  const std::string text(200'000, 'x');
  test::write_file(folder / "file", text + 'y');
  EXPECT_EQ(read_start(folder / "file", 200'000).value(), text);
  EXPECT_EQ(read_start(folder / "file", 300'000).value(), text + 'y');
  EXPECT_EQ(read_start(folder / "file", 0).value(), "");
  const auto none = read_start(folder / "none", 10);
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().detail.find("none: No such file"), std::string::npos) << none.error().detail;
  EXPECT_FALSE(read_start(folder.path(), 10)) << "a folder";
}

}  // namespace
}  // namespace gannet
