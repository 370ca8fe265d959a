#include "cli/submit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "cli/command_test.hpp"

namespace gannet::cli {
namespace {

namespace fs = std::filesystem;

using test::names_in;
using test::read_file;
using test::write_file;
using testing::HasSubstr;
using testing::Not;

using Names = std::vector<std::string>;

constexpr std::string_view good_list = "http://example.org/a.jpg\nhttp://example.org/b.jpg\n";

class Submit : public CommandTest {
 protected:
  Submit() {
    fs::create_directories(folder / "root/inbox/urgent");
    fs::create_directories(folder / "root/inbox/bulk");
    options.settings.store.root = folder / "root";
  }

  int run(std::vector<fs::path> lists) {
    options.lists = std::move(lists);
    return captured([this] { return submit(options); });
  }

  // What is in the inbox, its two folders apart.
  std::vector<std::string> dropped() {
    auto names = names_in(folder / "root/inbox");
    std::erase_if(names, [](const std::string& name) { return name == "urgent" || name == "bulk"; });
    return names;
  }

  SubmitOptions options;
};

TEST_F(Submit, DropsACopyIntoTheInbox) {
  const auto list = make("cats.txt", good_list);
  EXPECT_EQ(run({list}), 0) << err;
  EXPECT_EQ(dropped(), (Names{"cats.txt"}));
  EXPECT_EQ(read_file(folder / "root/inbox/cats.txt"), good_list);
  EXPECT_EQ(read_file(list), good_list);
  EXPECT_EQ(out, list.string() + " -> " + (folder / "root/inbox/cats.txt").string() + "\n");
  EXPECT_EQ(err, "");
}

TEST_F(Submit, KnowsThePriorities) {
  options.priority = Priority::urgent;
  EXPECT_EQ(run({make("cats.txt", good_list)}), 0);
  options.priority = Priority::bulk;
  EXPECT_EQ(run({make("dogs.txt", good_list)}), 0);
  EXPECT_EQ(names_in(folder / "root/inbox/urgent"), (Names{"cats.txt"}));
  EXPECT_EQ(names_in(folder / "root/inbox/bulk"), (Names{"dogs.txt"}));
}

TEST_F(Submit, NeverReplacesAList) {
  const auto list = make("cats.txt", good_list);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(run({list}), 0);
  EXPECT_EQ(dropped(), (Names{"cats-2.txt", "cats-3.txt", "cats.txt"}));
}

TEST_F(Submit, LetsTheDaemonReadAPrivateList) {
  const auto list = make("cats.txt", good_list);
  ASSERT_EQ(::chmod(list.c_str(), 0400), 0);
  EXPECT_EQ(run({list}), 0) << err;
  struct stat info {};
  ASSERT_EQ(::stat((folder / "root/inbox/cats.txt").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777u, 0644u);
}

TEST_F(Submit, RefusesWhatIsNoList) {
  ASSERT_EQ(::mkfifo((folder / "pipe.txt").c_str(), 0600), 0);
  for (const auto& list :
       {make("photo.jpg", "\xff\xd8\xff"), make("noise.txt", std::string(100, '\0')), make("no_url.csv", "a,b\n1,2\n"),
        folder / "missing.txt", folder.path(), folder / "pipe.txt", make("empty.txt", "\n# nothing\n")}) {
    EXPECT_EQ(run({list}), 1) << list;
    EXPECT_THAT(err, HasSubstr("gannet: " + list.string() + ": "));
    EXPECT_EQ(out, "");
  }
  EXPECT_EQ(dropped(), Names{});
}

TEST_F(Submit, RefusesAListWithoutOneGoodRowAndSaysWhy) {
  EXPECT_EQ(run({make("prose.txt", "# a comment\nonce upon a time\nthere was a cat\n")}), 1);
  EXPECT_THAT(err, HasSubstr("none of the 2 rows looked at can be fetched; line 2: "));
  EXPECT_EQ(dropped(), Names{});
}

TEST_F(Submit, LooksAtTheFirstThousandRowsOnly) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "nonsense\n";
  EXPECT_EQ(run({make("late.txt", text + std::string(good_list))}), 1);
  text.replace(0, 9, good_list.substr(0, good_list.find('\n') + 1));
  EXPECT_EQ(run({make("early.txt", text)}), 0) << err;
}

TEST_F(Submit, WarnsOfSomeBadRows) {
  EXPECT_EQ(run({make("cats.txt", std::string(good_list) + "ftp://example.org/c.jpg\n")}), 0);
  EXPECT_THAT(err, HasSubstr("warning"));
  EXPECT_THAT(err, HasSubstr("1 of the 3 rows looked at cannot be fetched; line 3: "));
  EXPECT_EQ(dropped(), (Names{"cats.txt"}));
}

TEST_F(Submit, DropsAllOrNone) {
  EXPECT_EQ(run({make("cats.txt", good_list), make("photo.jpg", "x")}), 1);
  EXPECT_THAT(err, HasSubstr("nothing was submitted"));
  EXPECT_EQ(dropped(), Names{});
  EXPECT_EQ(run({folder / "cats.txt", make("dogs.txt", good_list)}), 0);
  EXPECT_EQ(dropped(), (Names{"cats.txt", "dogs.txt"}));
}

TEST_F(Submit, SaysThatThereIsNoInbox) {
  options.settings.store.root = folder / "elsewhere";
  EXPECT_EQ(run({make("cats.txt", good_list)}), 1);
  EXPECT_THAT(err, HasSubstr((folder / "elsewhere/inbox").string() + ": No such file or directory"));
  EXPECT_THAT(err, HasSubstr("root"));
}

TEST_F(Submit, DisarmsNamesAndRows) {
  EXPECT_EQ(run({make("cats\x1b[2J.txt", "\x1b]0;owned\x07\n")}), 1);
  EXPECT_EQ(run({make("dogs\x1b[2J.txt", good_list)}), 0);
  for (const auto& said : {out, err}) EXPECT_THAT(said, Not(HasSubstr("\x1b")));
}

TEST_F(Submit, OptionsAreCheckedBeforeTheDaemonSeesThem) {
  EXPECT_EQ(run({make("good.txt", "#! fetch.tries=2\n" + std::string(good_list))}), 0);
  EXPECT_EQ(run({make("bad.txt", "#! fetch.proxy=http://a:1\n" + std::string(good_list))}), 1);
  EXPECT_THAT(err, HasSubstr("bad.txt: line 1: fetch.proxy: not for a list to say; a list may set priority, "));
  EXPECT_EQ(dropped(), Names{"good.txt"});
}

TEST_F(Submit, AJobFileIsCheckedTogetherWithItsList) {
  fs::create_directory(folder / "lists");
  const auto list = make("lists/a.csv", "url\nhttp://example.org/a.jpg\n");
  const auto job = make("a.job", "list: " + list.string() + "\n");
  EXPECT_EQ(run({job}), 1);
  EXPECT_THAT(err, HasSubstr("input.roots names no folder"));
  options.settings.input.roots = {folder / "lists"};
  EXPECT_EQ(run({job}), 0);
  EXPECT_EQ(run({job}), 0);
  EXPECT_EQ(dropped(), (Names{"a-2.job", "a.job"}));
  make("lists/a.csv", "url\nno url\n");
  EXPECT_EQ(run({job}), 1);
  EXPECT_THAT(err, HasSubstr("none of the 1 rows looked at can be fetched"));
}

}  // namespace
}  // namespace gannet::cli
