// One URL a line, and lines that are none; what is said of bad bytes and long lines goes for the other formats too.
#include "inbox/inbox_support.hpp"

namespace gannet::inbox {
namespace {

using namespace test;
using std::string_literals::operator""s;

class TxtList : public testing::Test {
 protected:
  std::vector<Row> read(std::string_view text, const ListSettings& settings = {}) {
    return read_all(write_file(folder_.path() / "list.txt", text), settings).rows;
  }
  TemporaryFolder folder_;
};

TEST_F(TxtList, KeepsTheUrlAsWrittenWithoutTheBlanksAround) {
  const auto rows = read("  http://a/%20b?c#d \t\r\nnot a url\n");
  EXPECT_EQ(urls(rows), (std::vector<std::string>{"http://a/%20b?c#d", "not a url"}));
  EXPECT_EQ(rows[1].fault, Reason::none);  // whether it can be fetched is decided elsewhere
  EXPECT_EQ(rows[0].extras, nullptr);
}

TEST_F(TxtList, BadBytesAreAFaultOfTheirLineOnly) {
  const auto rows = read(std::string(1100, 'a') + "\nhttp://\xff/\nhttp://\0/\nhttp://\xc3\xa9/\n"s);
  ASSERT_EQ(rows.size(), 4u);
  EXPECT_EQ(rows[1].fault, Reason::bad_url);
  EXPECT_EQ(rows[1].detail, "not valid UTF-8");
  EXPECT_EQ(rows[1].url, "http://\xef\xbf\xbd/");
  EXPECT_EQ(rows[2].detail, "contains a NUL byte");
  EXPECT_EQ(rows[2].line, 3u);
  EXPECT_EQ(rows[3].fault, Reason::none);
}

TEST_F(TxtList, LineOfTheLongestLengthIsARowAndOneByteMoreIsNot) {
  const auto rows = read("12345678\n123456789\n12345678", {.max_line = 8});
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].fault, Reason::none);
  EXPECT_EQ(rows[1].fault, Reason::bad_url);
  EXPECT_EQ(rows[1].detail, "longer than 8 bytes");
  EXPECT_EQ(rows[1].url, "123456789");
  EXPECT_EQ(rows[2].fault, Reason::none);
}

TEST_F(TxtList, LongLineIsCutBetweenCharacters) {
  const auto rows = read(std::string(199, 'a') + "\xc3\xa9" + std::string(100, 'b') + '\n', {.max_line = 250});
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].url, std::string(199, 'a'));
}

TEST_F(TxtList, LinesAcrossTheBlocksOfTheFileStayWhole) {
  std::string text;
  std::vector<std::string> expected;
  for (std::size_t i = 0; i < 300; ++i) {
    expected.push_back(std::string(i * 7 % 2000 + 1, static_cast<char>('a' + i % 26)));
    text += expected.back() + '\n';
  }
  EXPECT_EQ(urls(read(text)), expected);
}

TEST_F(TxtList, OptionsStandBeforeTheFirstUrlAndAreNoRows) {
  const auto list =
      open_with_options(write_file(folder_.path() / "list.txt",
                                   "\xef\xbb\xbf#!fetch.tries=9\r\n# c\n\n #! fetch.accept = any\nhttp://a/\n"),
                        {});
  ASSERT_TRUE(list) << list.error().detail;
  EXPECT_EQ(list->options->tries, 9u);
  EXPECT_EQ(list->options->accept, Accept::any);
  const auto rows = read_all(*list->rows).rows;
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].line, 5u);
  EXPECT_EQ(rows[0].key, 0u);
}

TEST_F(TxtList, WrongOptionsAreRefusedWithTheirLine) {
  const auto list = open_list(write_file(folder_.path() / "list.txt", "# c\n\n#! tries=9\nhttp://a/\n"), {});
  ASSERT_FALSE(list);
  EXPECT_EQ(list.error().reason, Reason::bad_url);
  EXPECT_TRUE(list.error().detail.starts_with("line 3: tries: unknown key; a list may set priority, fetch.profile, "));
}

TEST_F(TxtList, OptionsOfAnEmptyListAreReadToo) {
  EXPECT_FALSE(open_list(write_file(folder_.path() / "list.txt", "#! tries=9\n"), {}));
  EXPECT_TRUE(read("#! fetch.tries=9").empty());
}

TEST_F(TxtList, OptionsBehindTheFirstUrlAreComments) { EXPECT_EQ(read("http://a/\n#! tries=9\n").size(), 1u); }

TEST_F(TxtList, OptionsLongerThanALineAreRefusedAndNotCut) {
  const auto text = "#! fetch.user_agent=" + std::string(2000, 'a') + "\nhttp://a/\n";
  const auto list = open_list(write_file(folder_.path() / "list.txt", text), {.max_line = 1000});
  ASSERT_FALSE(list);
  EXPECT_EQ(list.error().detail, "line 1: an option that is longer than a line may be");
}

TEST_F(TxtList, OptionsBehindMegabytesOfCommentsAreStillRefused) {
  std::string text;
  for (int i = 0; i < 100000; ++i) text += "# " + std::string(98, 'c') + '\n';
  const auto list = read_all(write_file(folder_.path() / "list.txt", text + "#! fetch.tries=9\nhttp://a/\n"));
  EXPECT_TRUE(list.rows.empty());
  EXPECT_EQ(list.fault.detail, "line 100001: an option behind megabytes of comments; put it first");
}

}  // namespace
}  // namespace gannet::inbox
