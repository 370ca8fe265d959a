#include "fetch/retry_after.hpp"

#include <gtest/gtest.h>

#include <string>

namespace gannet::fetch {
namespace {

const WallTime now = *parse_rfc3339("1994-11-06T08:49:07.500Z");

std::optional<seconds> parse(std::string_view value) { return parse_retry_after(value, now); }

TEST(RetryAfter, Seconds) {
  EXPECT_EQ(parse("0"), 0s);
  EXPECT_EQ(parse("120"), 120s);
  EXPECT_EQ(parse("  120\t"), 120s);
  EXPECT_EQ(parse("007"), 7s);
}

TEST(RetryAfter, TheThreeFormsOfADate) {
  EXPECT_EQ(parse("Sun, 06 Nov 1994 08:49:37 GMT"), 30s);
  EXPECT_EQ(parse("Sunday, 06-Nov-94 08:49:37 GMT"), 30s);
  EXPECT_EQ(parse("Sun Nov  6 08:49:37 1994"), 30s);
}

TEST(RetryAfter, DatesInThePastAreNow) {
  EXPECT_EQ(parse("Sun, 06 Nov 1994 08:49:00 GMT"), 0s);
  EXPECT_EQ(parse("Thu, 01 Jan 1970 00:00:00 GMT"), 0s);
  EXPECT_EQ(parse("Mon, 01 Jan 0001 00:00:00 GMT"), 0s);
}

TEST(RetryAfter, AbsurdlyFarIsAYear) {
  constexpr auto year = seconds{366LL * 24 * 3600};
  EXPECT_EQ(parse("99999999"), year);
  EXPECT_EQ(parse("9223372036854775808"), year);
  EXPECT_EQ(parse(std::string(1000, '9')), year);
  EXPECT_EQ(parse("Fri, 31 Dec 9999 23:59:59 GMT"), year);
}

TEST(RetryAfter, TheLongestOfSeveralCounts) {
  EXPECT_EQ(parse("5\n120\n7"), 120s);
  EXPECT_EQ(parse("soon\n5"), 5s);
  EXPECT_EQ(parse("5\nSun, 06 Nov 1994 08:49:37 GMT\n-1"), 30s);
  EXPECT_EQ(parse("soon\n\nlater"), std::nullopt);
}

TEST(RetryAfter, ALineMayHoldSeveral) {
  EXPECT_EQ(parse("120, 300"), 300s);
  EXPECT_EQ(parse("300,120"), 300s);
  EXPECT_EQ(parse(" ,120 ,, soon,"), 120s);
  EXPECT_EQ(parse("5, 7\n6"), 7s);
  for (const char* date :
       {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"}) {
    const std::string text = date;
    EXPECT_EQ(parse(text + ", 20"), 30s) << text;
    EXPECT_EQ(parse("20, " + text), 30s) << text;
    EXPECT_EQ(parse("40," + text + ",50"), 50s) << text;
    EXPECT_EQ(parse("Sun, " + text + ", " + text), 30s) << text;
  }
  EXPECT_EQ(parse(","), std::nullopt);
}

TEST(RetryAfter, AnythingElseIsNothing) {
  for (const char* value :
       {"", " ", "-1", "+1", "1.5", "1s", "soon", "120 seconds", "Sun, 06 Nov 1994", "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 GMT x", "Sun, 46 Nov 1994 08:49:37 GMT", "06 Nov 1994 08:49:37 GMT", "-1, 1s"}) {
    EXPECT_EQ(parse(value), std::nullopt) << value;
  }
}

}  // namespace
}  // namespace gannet::fetch
