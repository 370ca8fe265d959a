#include "inbox/inbox_support.hpp"

namespace gannet::inbox {
namespace {

using namespace test;

class JsonlList : public testing::Test {
 protected:
  std::vector<Row> read(std::string_view text, const ListSettings& settings = {}) {
    return read_all(write_file(folder_.path() / "list.jsonl", text), settings).rows;
  }
  TemporaryFolder folder_;
};

TEST_F(JsonlList, OtherMembersGoOnWithTheirValues) {
  const auto rows = read(R"({"n":12,"url":"http://a/\u00e9","caption":"x \"y\"","tags":["a",null,true]})");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].url, "http://a/\xc3\xa9");
  ASSERT_TRUE(rows[0].extras);
  EXPECT_EQ(rows[0].extras->columns, R"({"n":12,"caption":"x \"y\"","tags":["a",null,true]})");
}

TEST_F(JsonlList, HashesAreLowerCasedAndMayBeNull) {
  const auto rows = read(R"({"url":"http://a/","sha256":")" + std::string(64, 'F') + R"(","md5":null})");
  ASSERT_EQ(rows.size(), 1u);
  ASSERT_TRUE(rows[0].extras);
  EXPECT_EQ(rows[0].extras->sha256, std::string(64, 'f'));
  EXPECT_EQ(rows[0].extras->columns, "");
}

TEST_F(JsonlList, BadLinesAreFaultsOfTheirOwn) {
  const auto rows = read(
      "{\"url\":\"http://a/\"}\nnot json\n[1]\n{\"x\":1}\n{\"url\":5}\n{\"url\":\" \"}\n"
      "{\"url\":\"http://b/\",\"md5\":7}\n{\"url\":\"http://c/\\u0000\"}\n{\"url\":\"\xff\"}\n{\"url\":\"http://d/\"} "
      "x\n"
      "{\"url\":\"http://e/\"}\n");
  ASSERT_EQ(rows.size(), 11u);
  const std::vector<std::string> details{"",
                                         "not valid JSON",
                                         "not a JSON object",
                                         "there is no \"url\"",
                                         "\"url\" is not a string",
                                         "\"url\" is empty",
                                         "md5 is not 32 hexadecimal digits",
                                         "contains a NUL byte",
                                         "not valid UTF-8",
                                         "not valid JSON",
                                         ""};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i].line, i + 1);
    EXPECT_EQ(rows[i].key, i);
    EXPECT_EQ(rows[i].fault, details[i].empty() ? Reason::none : Reason::bad_url) << i;
    EXPECT_TRUE(rows[i].detail.starts_with(details[i])) << rows[i].detail;
  }
  EXPECT_EQ(rows[1].url, "not json");
  EXPECT_EQ(rows[6].url, "http://b/");
}

TEST_F(JsonlList, DepthIsBounded) {
  const std::string deep = std::string(50000, '[') + std::string(50000, ']');
  const auto rows = read("{\"url\":\"http://a/\",\"x\":" + deep + "}\n{\"url\":\"http://b/\"}\n");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].fault, Reason::bad_url);
  EXPECT_LE(rows[0].url.size(), 200u);
  EXPECT_EQ(rows[1].url, "http://b/");
}

TEST_F(JsonlList, LongLineIsAFaultOfItsOwn) {
  const auto rows =
      read("{\"url\":\"http://a/\",\"x\":\"yyyyyyyyyyyyyyyyyyyy\"}\n{\"url\":\"http://b/\"}\n", {.max_line = 30});
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].detail, "longer than 30 bytes");
  EXPECT_EQ(rows[1].url, "http://b/");
}

TEST_F(JsonlList, NameIsMatchedInAnyCaseUnlessThereIsTheExactOne) {
  EXPECT_EQ(urls(read("{\"URL\":\"http://a/\"}\n{\"URL\":\"http://b/\",\"url\":\"http://c/\"}\n")),
            (std::vector<std::string>{"http://a/", "http://c/"}));
}

TEST_F(JsonlList, ListWithoutUrlsIsRefusedNamingTheMembers) {
  const auto list = open_list(write_file(folder_.path() / "list.jsonl", "{\"id\":1,\"link\":\"x\"}\n{\"id\":2}\n"), {});
  ASSERT_FALSE(list);
  EXPECT_EQ(list.error().reason, Reason::bad_url);
  EXPECT_EQ(list.error().detail, "there is no column \"url\" (input.url_column); the columns found are: id, link");
}

TEST_F(JsonlList, OptionsStandBeforeTheFirstObject) {
  const auto list = open_with_options(
      write_file(folder_.path() / "list.jsonl",
                 "# c\n#! fetch.tries=9\n#!fetch.accept = any\n{\"url\":\"http://a/\"}\n#! tries=1\n"),
      {});
  ASSERT_TRUE(list) << list.error().detail;
  EXPECT_EQ(list->options->tries, 9u);
  EXPECT_EQ(list->options->accept, Accept::any);
  EXPECT_EQ(list->option_lines, "#! fetch.accept=any\n#! fetch.tries=9\n");
  const auto rows = read_all(*list->rows).rows;
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].line, 4u);
  EXPECT_EQ(rows[0].key, 0u);
}

TEST_F(JsonlList, WrongOptionsAreRefusedWithTheirLine) {
  const auto list = open_list(write_file(folder_.path() / "list.jsonl", "#! tries=9\n{\"url\":\"http://a/\"}\n"), {});
  ASSERT_FALSE(list);
  EXPECT_EQ(list.error().reason, Reason::bad_url);
  EXPECT_TRUE(list.error().detail.starts_with("line 1: tries: unknown key; a list may set priority, fetch.profile, "));
}

TEST_F(JsonlList, OptionsInATableAreRefusedSinceNobodyWouldReadThem) {
  for (const auto* name : {"list.csv", "list.tsv"}) {
    const auto list = open_list(write_file(folder_.path() / name, "# c\n#! fetch.tries=1\nurl\n"), {});
    ASSERT_FALSE(list) << name;
    EXPECT_EQ(list.error().reason, Reason::bad_url);
    EXPECT_EQ(list.error().detail,
              "line 2: only .txt, .urls and .jsonl lists hold options (#!); for this one write a .job file");
  }
}

}  // namespace
}  // namespace gannet::inbox
