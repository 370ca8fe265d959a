#include "report/human.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace gannet::report {
namespace {

TEST(Printable, LeavesPlainAndForeignTextAlone) {
  EXPECT_EQ(printable("https://example.org/a?b=c"), "https://example.org/a?b=c");
  EXPECT_EQ(printable("k\xc3\xa4tzchen \xe7\x8c\xab \xf0\x9f\x90\x88"),
            "k\xc3\xa4tzchen \xe7\x8c\xab \xf0\x9f\x90\x88");
}

TEST(Printable, DisarmsControlCharacters) {
  EXPECT_EQ(printable("a\x1b[2Jb"), "a\xef\xbf\xbd[2Jb");
  EXPECT_EQ(printable("a\r\nb\tc\x7f"),
            "a\xef\xbf\xbd\xef\xbf\xbd"
            "b\xef\xbf\xbd"
            "c\xef\xbf\xbd");
  EXPECT_EQ(printable("\xc2\x9b"
                      "2J"),
            "\xef\xbf\xbd"
            "2J")
      << "the one-character form of ESC [";
  EXPECT_EQ(printable(std::string_view("a\0b", 3)),
            "a\xef\xbf\xbd"
            "b");
}

TEST(Printable, DisarmsWhatReordersOrHidesText) {
  for (const auto* hidden :
       {"\xe2\x80\xae", "\xe2\x80\x8b", "\xe2\x81\xa6", "\xef\xbb\xbf", "\xf3\xa0\x81\x81", "\xd8\x9c"}) {
    EXPECT_EQ(printable(std::string("a") + hidden + "b"),
              "a\xef\xbf\xbd"
              "b");
  }
}

TEST(Printable, DisarmsInvalidUtf8) {
  EXPECT_EQ(printable("a\xff"
                      "b"),
            "a\xef\xbf\xbd"
            "b");
}

TEST(Shortened, KeepsWhatFits) {
  EXPECT_EQ(shortened("abc", 3), "abc");
  EXPECT_EQ(shortened("\xc3\xa4\xc3\xb6\xc3\xbc", 3), "\xc3\xa4\xc3\xb6\xc3\xbc");
}

TEST(Shortened, EndsWithAnEllipsisAndNeverInsideACharacter) {
  EXPECT_EQ(shortened("abcd", 3), "ab\xe2\x80\xa6");
  EXPECT_EQ(shortened("\xc3\xa4\xc3\xb6\xc3\xbc", 2), "\xc3\xa4\xe2\x80\xa6");
  EXPECT_EQ(shortened("abc", 1), "\xe2\x80\xa6");
  EXPECT_EQ(shortened("abc", 0), "");
}

TEST(HumanDuration, UsesTwoUnits) {
  EXPECT_EQ(human_duration(0s), "0 s");
  EXPECT_EQ(human_duration(-5s), "0 s");
  EXPECT_EQ(human_duration(59s), "59 s");
  EXPECT_EQ(human_duration(252s), "4 min 12 s");
  EXPECT_EQ(human_duration(3h + 5min + 59s), "3 h 5 min");
  EXPECT_EQ(human_duration(52h + 59min), "2 d 4 h");
}

TEST(HumanPercent, OfNothingIsZero) {
  EXPECT_EQ(human_percent(1, 8), "12.5 %");
  EXPECT_EQ(human_percent(0, 0), "0.0 %");
  EXPECT_EQ(human_percent(2, 1), "100.0 %") << "counts of different moments must not look absurd";
}

TEST(Whole, TakesAnyNumber) {
  EXPECT_EQ(whole(2.5), 3u);
  EXPECT_EQ(whole(-1), 0u);
  EXPECT_EQ(whole(std::numeric_limits<double>::quiet_NaN()), 0u);
  EXPECT_EQ(whole(std::numeric_limits<double>::infinity()), 1'000'000'000'000'000'000u);
}

}  // namespace
}  // namespace gannet::report
