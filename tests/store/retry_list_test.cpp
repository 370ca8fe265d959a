#include "store/retry_list.hpp"

#include <gtest/gtest.h>

#include "support/row_list.hpp"
#include "support/temp_folder.hpp"

namespace gannet::store {
namespace {

using gannet::test::read_file;
using gannet::test::row_of;
using gannet::test::RowList;
using gannet::test::TempFolder;
using gannet::test::write_file;

Row row_with(std::uint64_t line, RowExtras extras) {
  Row row = row_of(line, "http://a.example/" + std::to_string(line));
  row.extras = std::make_unique<RowExtras>(std::move(extras));
  return row;
}

class RetryList : public testing::Test {
 protected:
  std::string written(RowList list, std::initializer_list<std::uint64_t> failed, const std::string& column = "url") {
    LineSet lines;
    for (const auto line : failed) lines.insert(line);
    EXPECT_TRUE(write_retry_list(list, lines, column, path));
    return read_file(path);
  }
  static RowList one(Row row) {
    std::vector<Row> rows;
    rows.push_back(std::move(row));
    return RowList(std::move(rows));
  }

  TempFolder folder;
  std::filesystem::path path = folder / "retry.jsonl";
};

TEST_F(RetryList, HoldsTheLinesThatFailed) {
  EXPECT_EQ(written(RowList(5, 1), {2, 4}),
            "{\"url\":\"http://host0.example/2\"}\n"
            "{\"url\":\"http://host0.example/4\"}\n");
}

TEST_F(RetryList, IsEmptyWhenNothingFailed) { EXPECT_EQ(written(RowList(5, 1), {}), ""); }

TEST_F(RetryList, KeepsHashesAndColumns) {
  EXPECT_EQ(written(one(row_with(1, {"ab12", "cd34", R"({"caption":"a \"cat\"","n":7})"})), {1}),
            R"({"url":"http://a.example/1","sha256":"ab12","md5":"cd34","caption":"a \"cat\"","n":7})"
            "\n");
  EXPECT_EQ(written(one(row_with(1, {"", "cd34", ""})), {1}), "{\"url\":\"http://a.example/1\",\"md5\":\"cd34\"}\n");
  EXPECT_EQ(written(one(row_with(1, {"", "", "{}"})), {1}), "{\"url\":\"http://a.example/1\"}\n");
}

TEST_F(RetryList, PutsTheUrlUnderItsColumn) {
  EXPECT_EQ(written(RowList(1, 1), {1}, "Image \"URL\""), "{\"Image \\\"URL\\\"\":\"http://host0.example/1\"}\n");
}

TEST_F(RetryList, EscapesWhatTheListHeld) {
  EXPECT_EQ(written(one(row_of(1, "http://a/\"\\\n\xc3\xa4")), {1}), "{\"url\":\"http://a/\\\"\\\\\\n\xc3\xa4\"}\n");
}

TEST_F(RetryList, HoldsAllOfALongList) {
  std::vector<Row> rows;
  LineSet failed;
  for (std::uint64_t line = 1; line <= 5000; ++line) {
    rows.push_back(row_of(line, "u"));
    if (line % 2 == 0) failed.insert(line);
  }
  RowList list(std::move(rows));
  ASSERT_TRUE(write_retry_list(list, failed, "url", path));
  const std::string text = read_file(path);
  EXPECT_EQ(std::ranges::count(text, '\n'), 2500);
}

TEST_F(RetryList, HoldsWhatABrokenListDelivered) {
  std::vector<Row> rows;
  rows.push_back(row_of(1, "u"));
  EXPECT_EQ(written(RowList(std::move(rows), "truncated"), {1, 2}), "{\"url\":\"u\"}\n");
}

TEST_F(RetryList, ReplacesTheOneOfAnEarlierAttempt) {
  write_file(path, "something much longer than what comes now, from a run that was killed");
  EXPECT_EQ(written(RowList(1, 1), {1}), "{\"url\":\"http://host0.example/1\"}\n");
}

TEST_F(RetryList, SaysThatItCannotBeWritten) {
  RowList list(1, 1);
  LineSet failed;
  failed.insert(1);
  EXPECT_FALSE(write_retry_list(list, failed, "url", folder / "gone/retry.jsonl"));
  const auto full = write_retry_list(list, failed, "url", "/dev/full");
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().reason, Reason::disk_full);
}

}  // namespace
}  // namespace gannet::store
