#include "inbox/file_probe.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inbox/inbox_support.hpp"

namespace gannet::inbox {
namespace {

using namespace test;

class FileProbe : public testing::Test {
 protected:
  TemporaryFolder folder_;
  const std::filesystem::path file_ = write_file(folder_.path() / "a.txt", "12345");
};

TEST_F(FileProbe, StateTellsSizeAndChange) {
  const auto before = look_at(file_);
  ASSERT_TRUE(before && *before);
  EXPECT_EQ((*before)->size, 5u);
  EXPECT_EQ(*look_at(file_), *before);
  std::filesystem::resize_file(file_, 6);
  EXPECT_NE(*look_at(file_), *before);
}

TEST_F(FileProbe, WhatIsNoRegularFileHasNoState) {
  std::filesystem::create_symlink(file_, folder_.path() / "link");
  ASSERT_EQ(::mkfifo((folder_.path() / "fifo").c_str(), 0600), 0);
  for (const char* name : {"missing", "link", "fifo", "."}) {
    const auto state = look_at(folder_.path() / name);
    ASSERT_TRUE(state);
    EXPECT_FALSE(*state) << name;
  }
}

TEST_F(FileProbe, TellsWhetherSomebodyHasItOpenForWriting) {
  const auto idle = probe_writers(file_);
  ASSERT_TRUE(idle);
  if (*idle == Writers::unknown) GTEST_SKIP() << "no leases on this filesystem";
  EXPECT_EQ(*idle, Writers::no);
  const int writer = ::open(file_.c_str(), O_WRONLY);
  EXPECT_EQ(*probe_writers(file_), Writers::yes);
  ::close(writer);
  EXPECT_EQ(*probe_writers(file_), Writers::no);
}

TEST_F(FileProbe, LeavesNoLeaseBehindThatWouldHoldUpAWriter) {
  ASSERT_TRUE(probe_writers(file_));
  const int writer = ::open(file_.c_str(), O_WRONLY | O_NONBLOCK);
  EXPECT_GE(writer, 0);
  ::close(writer);
}

TEST_F(FileProbe, DoesNotFollowLinks) {
  std::filesystem::create_symlink(file_, folder_.path() / "link");
  EXPECT_FALSE(probe_writers(folder_.path() / "link"));
}

}  // namespace
}  // namespace gannet::inbox
