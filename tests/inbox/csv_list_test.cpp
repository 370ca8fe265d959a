// .csv and .tsv, the well-formed and the rest.
#include "inbox/inbox_support.hpp"

namespace gannet::inbox {
namespace {

using namespace test;

const std::string sha256(64, 'A');
const std::string md5(32, 'B');

class CsvList : public testing::Test {
 protected:
  std::vector<Row> read(std::string_view text, const ListSettings& settings = {}, const char* name = "list.csv") {
    return read_all(write_file(folder_.path() / name, text), settings).rows;
  }
  std::string refusal(std::string_view text, const ListSettings& settings = {}) {
    const auto list = open_list(write_file(folder_.path() / "list.csv", text), settings);
    if (list) return "it is a list";
    EXPECT_EQ(list.error().reason, Reason::bad_url);
    return list.error().detail;
  }
  TemporaryFolder folder_;
};

TEST_F(CsvList, OtherColumnsGoOnAsOneJsonObject) {
  const auto rows = read("id,url,caption\n7,http://a/,\"a \"\"b\"\", c\"\n");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].url, "http://a/");
  ASSERT_TRUE(rows[0].extras);
  EXPECT_EQ(rows[0].extras->columns, R"({"id":"7","caption":"a \"b\", c"})");
}

TEST_F(CsvList, HashesAreLowerCasedAndNoColumns) {
  const auto rows = read("url,SHA256,md5\nhttp://a/," + sha256 + "," + md5 + "\nhttp://b/,,\n");
  ASSERT_EQ(rows.size(), 2u);
  ASSERT_TRUE(rows[0].extras);
  EXPECT_EQ(rows[0].extras->sha256, std::string(64, 'a'));
  EXPECT_EQ(rows[0].extras->md5, std::string(32, 'b'));
  EXPECT_EQ(rows[0].extras->columns, "");
  EXPECT_EQ(rows[1].extras, nullptr);
}

TEST_F(CsvList, MalformedHashIsAFaultOfItsRow) {
  const auto rows = read("url,sha256,md5\nhttp://a/,123,\nhttp://b/,,zz" + std::string(30, '0') + "\nhttp://c/,,\n");
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].detail, "sha256 is not 64 hexadecimal digits");
  EXPECT_EQ(rows[0].url, "http://a/");
  EXPECT_EQ(rows[0].fault, Reason::bad_url);
  EXPECT_EQ(rows[1].detail, "md5 is not 32 hexadecimal digits");
  EXPECT_EQ(rows[2].fault, Reason::none);
}

TEST_F(CsvList, QuotedNewlinesBelongToTheirRowAndAreCounted) {
  const auto rows = read("url,caption\r\nhttp://a/,\"one\r\n# two\n\nthree\"\r\nhttp://b/,x\r\n");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(lines(rows), (std::vector<std::uint64_t>{2, 6}));
  EXPECT_EQ(rows[0].extras->columns, R"({"caption":"one\r\n# two\n\nthree"})");
  EXPECT_EQ(rows[1].extras->columns, R"({"caption":"x"})");
  EXPECT_EQ(rows[1].key, 1u);
}

TEST_F(CsvList, HeaderMayBeQuotedPaddedAndInAnyCase) {
  const auto rows = read("\" URL \",\"a\nb\"\nhttp://a/,1\n");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].url, "http://a/");
  EXPECT_EQ(rows[0].line, 3u);
}

TEST_F(CsvList, ExactNameIsPreferredToAnotherCase) {
  EXPECT_EQ(urls(read("URL,url\nhttp://a/,http://b/\n")), std::vector<std::string>{"http://b/"});
}

TEST_F(CsvList, UrlColumnCanBeNamed) {
  EXPECT_EQ(urls(read("url,image\nx,http://a/\n", {.url_column = "image"})), std::vector<std::string>{"http://a/"});
}

TEST_F(CsvList, ListWithoutUrlColumnIsRefusedNamingTheColumns) {
  EXPECT_EQ(refusal("id, link\n1,http://a/\n"),
            "there is no column \"url\" (input.url_column); the columns found are: id, link");
}

TEST_F(CsvList, HeaderThatCannotBeReadIsRefused) {
  EXPECT_EQ(refusal("\n\"url\"x\n"), "the header row (line 2) cannot be read: something follows a closing quote");
  EXPECT_EQ(refusal("\"url\nhttp://a/\n"), "the header row (line 1) cannot be read: a quoted field is not closed");
  EXPECT_EQ(refusal("url,aaaaaaaaaa\n", {.max_line = 10}),
            "the header row (line 1) cannot be read: longer than 10 bytes");
  EXPECT_EQ(refusal("url" + std::string(1000, ',') + '\n'), "the header row has more than 1000 columns");
  EXPECT_EQ(refusal("url,\xff\n"), "the header row (line 1) cannot be read: not valid UTF-8");
}

TEST_F(CsvList, SameAndMissingNamesGetNamesOfTheirOwn) {
  const auto rows = read("url,tag,tag,,tag_2\nhttp://a/,1,2,3,4\n");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].extras->columns, R"({"tag":"1","tag_2":"2","column_4":"3","tag_2_2":"4"})");
}

TEST_F(CsvList, WrongNumberOfColumnsIsAFaultOfItsRow) {
  const auto rows = read("url,x\nhttp://a/\nhttp://b/,1,2\nhttp://c/,\n");
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].detail, "1 columns where the header has 2");
  EXPECT_EQ(rows[0].url, "http://a/");
  EXPECT_EQ(rows[1].fault, Reason::bad_url);
  EXPECT_EQ(rows[2].fault, Reason::none);
}

TEST_F(CsvList, EmptyUrlIsAFaultOfItsRow) {
  const auto rows = read("url,x\n,1\n\" \",1\n");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].detail, "the URL column is empty");
  EXPECT_EQ(rows[1].fault, Reason::bad_url);
}

TEST_F(CsvList, StrayQuoteCostsItsOwnLineOnly) {
  const auto rows = read("url,x\nhttp://a/,\"oops\nhttp://b/,1\n\nhttp://c/,2\n");
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].detail, "a quoted field is not closed");
  EXPECT_EQ(rows[0].url, "http://a/,\"oops");
  EXPECT_EQ(urls(rows)[1], "http://b/");
  EXPECT_EQ(lines(rows), (std::vector<std::uint64_t>{2, 3, 5}));
  EXPECT_EQ(rows[2].fault, Reason::none);
}

TEST_F(CsvList, StrayQuoteThatMeetsAnotherCostsItsOwnLineOnly) {
  const auto rows = read("url,x\nhttp://a/,\"oops\nhttp://b/,\"fine\"\nhttp://c/,\"fi\nne\"\n");
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].detail, "something follows a closing quote");
  EXPECT_EQ(rows[1].fault, Reason::none);
  EXPECT_EQ(rows[1].extras->columns, R"({"x":"fine"})");
  EXPECT_EQ(rows[2].extras->columns, R"({"x":"fi\nne"})");
}

TEST_F(CsvList, QuotedFieldIsBoundedByTheLongestLine) {
  std::string text = "url,x\nhttp://a/,\"oops\n";
  for (int i = 0; i < 20; ++i) text += "http://b/,1\n";
  const auto rows = read(text, {.max_line = 100});
  ASSERT_EQ(rows.size(), 21u);
  EXPECT_EQ(rows[0].detail, "a quoted field is not closed within 100 bytes");
  for (std::size_t i = 1; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i].fault, Reason::none);
    EXPECT_EQ(rows[i].line, i + 2);
    EXPECT_EQ(rows[i].key, i);
  }
}

TEST_F(CsvList, LongLineWithinAQuotedFieldIsAFaultOfItsOwn) {
  const auto rows = read("url\n\"a\n" + std::string(50, 'b') + "\nc\n", {.max_line = 20});
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[1].detail, "longer than 20 bytes");
  EXPECT_EQ(rows[1].line, 3u);
  EXPECT_EQ(rows[2].url, "c");
}

// Read again from every stray quote, this would take hours.
TEST_F(CsvList, QuotesThatNeverCloseTakeLinearTime) {
  std::string text = "url,x,y\n";
  for (int i = 0; i < 400000; ++i) text += "x\",\"\n";
  EXPECT_EQ(read(text).size(), 400000u);
}

TEST_F(CsvList, QuoteWithinAnUnquotedFieldIsText) {
  const auto rows = read("url,x\nhttp://a/,5\" nails\n");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].extras->columns, R"({"x":"5\" nails"})");
}

TEST_F(CsvList, CommentsAreNoRowsButRowsOfHashtagsAre) {
  EXPECT_EQ(read("# a, comment\nurl,x\n#http://a/,1\n# say \"hi\n").size(), 0u);
  const auto rows = read("tag,url\n#sunset,http://a/\n# see, below\n#only\n\"#q\",http://b/\n");
  EXPECT_EQ(urls(rows), (std::vector<std::string>{"http://a/", "http://b/"}));
}

TEST_F(CsvList, BadBytesAreAFaultOfTheirRow) {
  const auto rows = read("url,x\nhttp://a/,\"1\n\xff\"\nhttp://b/,\xc3\xa9\n");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].detail, "not valid UTF-8");
  EXPECT_EQ(rows[0].line, 2u);
  EXPECT_EQ(rows[1].fault, Reason::none);
}

TEST_F(CsvList, TabsSeparateTsvAndCommasDoNot) {
  const auto rows = read("caption\turl\na, b\thttp://a/\n", {}, "list.tsv");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].extras->columns, R"({"caption":"a, b"})");
}

}  // namespace
}  // namespace gannet::inbox
