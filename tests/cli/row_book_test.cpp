#include "cli/row_book.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "support/row_list.hpp"

namespace gannet::cli {
namespace {

using testing::ElementsAre;

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

class CrossedOut : public testing::Test {
 protected:
  static constexpr std::uint64_t rows = 2 * RowBook::block + 100;

  CrossedOut() {
    for (std::uint64_t line = 1; line <= rows; ++line) book.add(test::row_of(line, url(line)));
  }

  static std::string url(std::uint64_t line) { return "http://a/" + std::to_string(line); }

  /// All but `left_out`, from the last to the first, with `other` in place of the URL of `line`.
  void cross_out(std::uint64_t line, const std::string& other, std::uint64_t left_out = 0) {
    for (std::uint64_t at = rows; at > 0; --at) {
      if (at == left_out) continue;
      EXPECT_TRUE(book.cross_out(at, at == line ? other : url(at)));
    }
  }

  /// One that is taken for that of the line at first sight.
  std::string twin_of(std::uint64_t line) const {
    std::uint64_t number = 0;
    while (!book.may_have_url(line, "http://b/" + std::to_string(number))) ++number;
    return "http://b/" + std::to_string(number);
  }

  RowBook book;
};

TEST_F(CrossedOut, NothingIsUnlike) {
  cross_out(0, "");
  EXPECT_THAT(book.unlike(), ElementsAre());
}

TEST_F(CrossedOut, NoOtherUrlIsMissedOnceABlockIsComplete) {
  const auto line = RowBook::block + 7;
  cross_out(line, twin_of(line));
  EXPECT_THAT(book.unlike(), ElementsAre(RowBook::block));
}

TEST_F(CrossedOut, ABlockThatIsNotCompleteSaysNothingYet) {
  const auto line = RowBook::block + 7;
  cross_out(line, twin_of(line), line + 1);
  EXPECT_THAT(book.unlike(), ElementsAre());
}

TEST_F(CrossedOut, WhatIsKnownToBeAnotherIsNotToldTwice) {
  EXPECT_FALSE(book.cross_out(5, "ftp://quite.another/"));
  EXPECT_THAT(book.unlike(), ElementsAre());
}

}  // namespace
}  // namespace gannet::cli
