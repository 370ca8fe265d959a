#include "cli/row_book.hpp"

#include <gtest/gtest.h>

#include <string>

#include "support/row_list.hpp"

namespace gannet::cli {
namespace {

TEST(RowBook, KnowsTheKeyOfALine) {
  RowBook book;
  std::uint64_t line = 3;
  std::vector<std::uint64_t> lines;
  for (std::uint64_t key = 0; key < 3000; ++key) {
    lines.push_back(line);
    book.add(test::row_of(line, "http://example.org/" + std::to_string(key)));
    line += 1 + key % 7 + (key % 1000 == 999 ? 5000 : 0);  // headers, blank lines, pages of comments
  }
  EXPECT_EQ(book.rows(), 3000u);
  for (std::uint64_t key = 0; key < lines.size(); ++key) {
    ASSERT_TRUE(book.has(lines[key]));
    ASSERT_EQ(book.key(lines[key]), key);
  }
  EXPECT_FALSE(book.has(1));
  EXPECT_FALSE(book.has(lines.back() + 1));
  EXPECT_FALSE(book.has(~std::uint64_t{0}));
}

TEST(RowBook, TellsUrlsThatCannotBeFetched) {
  RowBook book;
  book.add(test::row_of(1, "http://example.org/"));
  book.add(test::row_of(2, "nonsense"));
  Row cut = test::row_of(3, "http://example.org/");
  cut.fault = Reason::bad_url;
  book.add(cut);
  EXPECT_FALSE(book.is_invalid(1));
  EXPECT_TRUE(book.is_invalid(2));
  EXPECT_TRUE(book.is_invalid(3));
}

TEST(RowBook, NoticesNearlyEveryOtherUrl) {
  RowBook book;
  for (std::uint64_t line = 1; line <= 1000; ++line) book.add(test::row_of(line, "http://a/" + std::to_string(line)));
  int noticed = 0;
  for (std::uint64_t line = 1; line <= 1000; ++line) {
    EXPECT_TRUE(book.may_have_url(line, "http://a/" + std::to_string(line)));
    if (!book.may_have_url(line, "http://b/" + std::to_string(line))) ++noticed;
  }
  EXPECT_GT(noticed, 980);
}

}  // namespace
}  // namespace gannet::cli
