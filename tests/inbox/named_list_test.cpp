// Lists that stay where they are: where they may be, and what becomes of a job whose list changes under its hands.
#include "inbox/named_list.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "inbox/inbox_support.hpp"

namespace gannet::inbox {
namespace {

using namespace test;
using testing::HasSubstr;
namespace fs = std::filesystem;

class NamedListTest : public testing::Test {
 protected:
  NamedListTest() {
    write_file(root_ / "deep/a.txt", "http://a/\n");
    write_file(outside_ / "secret.txt", "secret\n");
  }

  std::string opened(const fs::path& path, std::vector<fs::path> roots = {}) {
    if (roots.empty()) roots = {root_};
    const auto list = open_named_list(path, roots);
    if (list) return "opened";
    EXPECT_EQ(list.error().reason, Reason::bad_url);
    return list.error().detail;
  }

  // The rows of a .job file's list; told after its first rows were read.
  ReadList read_while(const fs::path& list, const std::function<void()>& meanwhile) {
    write_file(folder_.path() / "a.job", "list: " + list.string() + "\n");
    auto source = open_list(folder_.path() / "a.job", {.roots = {root_}});
    EXPECT_TRUE(source) << source.error().detail;
    ReadList read;
    EXPECT_TRUE((*source)->read(read.rows, 1));
    meanwhile();
    auto rest = read_all(**source, 10);
    std::move(rest.rows.begin(), rest.rows.end(), std::back_inserter(read.rows));
    read.fault = rest.fault;
    return read;
  }

  TemporaryFolder folder_;
  fs::path root_ = folder_.path() / "lists";
  fs::path outside_ = folder_.path() / "lists-of-others";
};

TEST_F(NamedListTest, AreBelowARoot) {
  EXPECT_EQ(opened(root_ / "deep/a.txt"), "opened");
  EXPECT_EQ(opened(root_ / "deep/a.txt", {outside_, root_ / ""}), "opened");
  EXPECT_EQ(opened(root_ / "deep/a.txt", {"/"}), "opened");
  EXPECT_EQ(opened(root_ / "./deep//a.txt"), "opened");
}

TEST_F(NamedListTest, AreNowhereElse) {
  EXPECT_EQ(opened(outside_ / "secret.txt"), "list: " + (outside_ / "secret.txt").string() +
                                                 " is not accepted; lists may be below " + root_.string() +
                                                 " (input.roots)");
  EXPECT_THAT(opened("/etc/passwd"), HasSubstr("is not accepted"));
  EXPECT_THAT(opened(root_), HasSubstr("is not accepted"));
  EXPECT_EQ(open_named_list(root_ / "deep/a.txt", {}).error().detail,
            "list: " + (root_ / "deep/a.txt").string() +
                " is not accepted: input.roots names no folder that lists may stay in");
}

TEST_F(NamedListTest, NoLinkLeadsOutOfTheRoot) {
  fs::create_symlink(outside_ / "secret.txt", root_ / "absolute.txt");
  fs::create_symlink("../lists-of-others/secret.txt", root_ / "relative.txt");
  fs::create_symlink(outside_, root_ / "folder");
  fs::create_symlink("../..", root_ / "deep/up");
  for (const auto* name : {"absolute.txt", "relative.txt", "folder/secret.txt", "deep/up/lists-of-others/secret.txt"}) {
    EXPECT_THAT(opened(root_ / name), HasSubstr("leads out of " + root_.string() + " by a link")) << name;
  }
  EXPECT_THAT(opened(root_ / "deep/../../lists-of-others/secret.txt"), HasSubstr("leads out"));
}

TEST_F(NamedListTest, ALinkThatStaysBelowTheRootIsFollowed) {
  fs::create_symlink("deep/a.txt", root_ / "today.txt");
  EXPECT_EQ(opened(root_ / "today.txt"), "opened");
}

TEST_F(NamedListTest, AreRegularFiles) {
  ASSERT_EQ(::mkfifo((root_ / "fifo.txt").c_str(), 0600), 0);
  EXPECT_THAT(opened(root_ / "fifo.txt"), HasSubstr("is not a regular file"));
  EXPECT_THAT(opened(root_ / "deep"), HasSubstr("is not a regular file"));
  EXPECT_THAT(opened(root_ / "gone.txt"), HasSubstr("cannot be opened: No such file"));
}

TEST_F(NamedListTest, AreReadAsAnyOtherList) {
  std::string text = "url,caption\n";
  for (int i = 0; i < 2000; ++i) text += "http://a/" + std::to_string(i) + ",x\n";
  write_file(root_ / "a.csv", text);
  const auto read = read_while(root_ / "a.csv", [] {});
  EXPECT_EQ(read.fault.detail, "");
  ASSERT_EQ(read.rows.size(), 2000u);
  EXPECT_EQ(read.rows.back().line, 2001u);
  EXPECT_EQ(read.rows.back().key, 1999u);
}

TEST_F(NamedListTest, OneThatIsWrittenToEndsThere) {
  const auto read =
      read_while(root_ / "deep/a.txt", [&] { write_file(root_ / "deep/a.txt", "http://b/\nhttp://c/\n"); });
  EXPECT_EQ(read.fault.reason, Reason::disk_error);
  EXPECT_EQ(read.fault.detail, "the list " + (root_ / "deep/a.txt").string() +
                                   " is not what it was when its job began: it was written to");
  EXPECT_EQ(urls(read.rows), (std::vector<std::string>{"http://a/"}));
}

TEST_F(NamedListTest, OneThatIsReplacedOrTakenAwayIsToldAtItsEnd) {
  const auto replaced = read_while(root_ / "deep/a.txt",
                                   [&] { fs::rename(write_file(root_ / "b", "http://b/\n"), root_ / "deep/a.txt"); });
  EXPECT_THAT(replaced.fault.detail, HasSubstr("it was replaced"));
  const auto gone = read_while(root_ / "deep/a.txt", [&] { fs::remove(root_ / "deep/a.txt"); });
  EXPECT_EQ(gone.fault.reason, Reason::disk_error);
  EXPECT_THAT(gone.fault.detail, HasSubstr("cannot be opened: No such file"));
}

TEST_F(NamedListTest, AJobFileNamesAListAndNoOtherJobFile) {
  write_file(root_ / "b.job", "list: " + (root_ / "deep/a.txt").string() + "\n");
  const auto list =
      open_list(write_file(folder_.path() / "a.job", "list: " + (root_ / "b.job").string() + "\n"), {.roots = {root_}});
  ASSERT_FALSE(list);
  EXPECT_THAT(list.error().detail, HasSubstr(".job is not a list"));
}

TEST_F(NamedListTest, TheJobFileWinsOverItsListWhereBothSaySomething) {
  write_file(root_ / "a.txt", "#! fetch.tries=2\n#! fetch.accept=any\nhttp://a/\n");
  const auto file = write_file(folder_.path() / "a.job", "list: " + (root_ / "a.txt").string() + "\nfetch.tries: 3\n");
  const auto list = open_with_options(file, {.roots = {root_}});
  ASSERT_TRUE(list) << list.error().detail;
  EXPECT_EQ(list->options->tries, 3u);
  EXPECT_EQ(list->options->accept, Accept::any);
  EXPECT_EQ(list->option_lines, "#! fetch.accept=any\n#! fetch.tries=3\n");
  EXPECT_NE(list->state, "");
  EXPECT_EQ(lines(read_all(*list->rows).rows), (std::vector<std::uint64_t>{3}));
}

TEST_F(NamedListTest, AJobFileIsSmall) {
  const auto list = open_list(write_file(folder_.path() / "a.job", std::string((64 << 10) + 1, '#')), {});
  ASSERT_FALSE(list);
  EXPECT_EQ(list.error().detail, "a .job file has at most 64 KiB");
}

}  // namespace
}  // namespace gannet::inbox
