// Lists that are written to behind their end.
#include <gmock/gmock.h>

#include <fstream>

#include "inbox/inbox_support.hpp"

namespace gannet::inbox {
namespace {

using namespace test;

class GrownList : public testing::Test {
 protected:
  // Opened and read to its end.
  void read(const std::string& text) {
    std::ofstream(file_, std::ios::binary) << text;
    list_ = std::move(*open_list(file_, {}));
    while (list_->read(rows_, 100).value()) {
    }
  }
  void append(const std::string& text) { std::ofstream(file_, std::ios::binary | std::ios::app) << text; }

  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path() / "list.txt";
  std::unique_ptr<RowSource> list_;
  std::vector<Row> rows_;
};

TEST_F(GrownList, IsToldBehindItsEnd) {
  read("http://a/1\n");
  EXPECT_FALSE(*list_->grown());
  append("http://a/2\n");
  EXPECT_TRUE(*list_->grown());
}

TEST_F(GrownList, IsBrokenWhenItsLastLineGoesOn) {
  read("http://a/1\nhttp://a/2");
  EXPECT_FALSE(*list_->grown());
  append("3\nhttp://a/4\n");
  ASSERT_FALSE(list_->grown());
  EXPECT_THAT(list_->grown().error().detail, testing::StartsWith("line 2, the last one, was still being written"));
}

TEST_F(GrownList, IsBrokenWhenItGotShorter) {
  read("http://a/1\nhttp://a/2\n");
  std::filesystem::resize_file(file_, 5);
  ASSERT_FALSE(list_->grown());
  EXPECT_EQ(list_->grown().error().detail, "the list was cut short while it was worked on");
}

TEST_F(GrownList, IsBrokenWhenAnotherTookItsPlace) {
  read("http://a/1\n");
  std::ofstream(folder_.path() / "other") << "http://b/1\n";
  std::filesystem::rename(folder_.path() / "other", file_);
  ASSERT_FALSE(list_->grown());
  EXPECT_EQ(list_->grown().error().detail, "the list was replaced or removed while it was worked on");
}

TEST_F(GrownList, IsNoneWhenItWasMoved) {
  read("http://a/1\n");
  std::filesystem::rename(file_, folder_.path() / "elsewhere.txt");
  EXPECT_FALSE(*list_->grown());
}

}  // namespace
}  // namespace gannet::inbox
