#include "cli/draft.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "support/temp_folder.hpp"

namespace gannet::cli {
namespace {

namespace fs = std::filesystem;

using test::names_in;
using test::read_file;

using Names = std::vector<std::string>;

class DraftTest : public testing::Test {
 protected:
  DraftTest() { fs::create_directories(layout.inbox() / "urgent"); }

  test::TempFolder folder;
  Layout layout{folder.path()};
};

TEST_F(DraftTest, IsHiddenUntilItIsWhole) {
  auto draft = Draft::make(layout, Priority::urgent);
  ASSERT_TRUE(draft);
  ASSERT_TRUE(draft->write("http://a/\n"));
  for (const auto& name : names_in(layout.inbox() / "urgent")) EXPECT_EQ(name.front(), '.');
  const auto published = draft->publish("cats.txt");
  ASSERT_TRUE(published) << published.error().detail;
  EXPECT_EQ(*published, layout.inbox() / "urgent/cats.txt");
  EXPECT_EQ(names_in(layout.inbox() / "urgent"), Names{"cats.txt"});
  EXPECT_EQ(read_file(*published), "http://a/\n");
  struct stat info {};
  ASSERT_EQ(::stat(published->c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777u, 0644u);
}

TEST_F(DraftTest, NeverReplacesAFile) {
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(Draft::make(layout, Priority::urgent)->publish("cats.txt"));
  EXPECT_EQ(names_in(layout.inbox() / "urgent"), (Names{"cats-2.txt", "cats.txt"}));
}

TEST_F(DraftTest, IsGoneWhenItIsGivenUp) {
  { ASSERT_TRUE(Draft::make(layout, Priority::urgent)->write("http://a/\n")); }
  EXPECT_EQ(names_in(layout.inbox() / "urgent"), Names{});
}

TEST_F(DraftTest, SaysThatThereIsNoInbox) {
  const auto draft = Draft::make(layout, Priority::bulk);
  ASSERT_FALSE(draft);
  EXPECT_NE(draft.error().detail.find("inbox/bulk: No such file or directory: is this the daemon's root?"),
            std::string::npos)
      << draft.error().detail;
}

TEST(InboxName, NumbersBeforeAllExtensions) {
  EXPECT_EQ(inbox_name("/tmp/cats.txt", 1), "cats.txt");
  EXPECT_EQ(inbox_name("/tmp/cats.txt", 2), "cats-2.txt");
  EXPECT_EQ(inbox_name("v1.2.cats.CSV.gz", 12), "v1.2.cats-12.CSV.gz");
}

TEST(InboxName, IsNeverOneThatTheDaemonIgnores) {
  EXPECT_EQ(inbox_name("_cats.txt", 1), "cats.txt");
  EXPECT_EQ(inbox_name("..__cats.txt", 2), "cats-2.txt");
  EXPECT_EQ(inbox_name(".txt", 1), "list.txt");
  EXPECT_EQ(inbox_name("_.csv.gz", 3), "list-3.csv.gz");
}

}  // namespace
}  // namespace gannet::cli
