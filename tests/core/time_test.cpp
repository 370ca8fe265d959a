#include "core/time.hpp"

#include <gtest/gtest.h>

namespace gannet {
namespace {

using std::chrono::sys_days;
using std::chrono::year_month_day;

const WallTime some_time =
    sys_days{year_month_day{std::chrono::year{2026}, std::chrono::month{11}, std::chrono::day{22}}} + 10h + 15min + 2s +
    123ms;

TEST(WallTime, IsWrittenForRecordsAndForNames) {
  EXPECT_EQ(to_rfc3339(some_time), "2026-11-22T10:15:02.123Z");
  EXPECT_EQ(to_compact(some_time), "20261122T101502");
  EXPECT_EQ(to_rfc3339(WallTime{}), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(to_compact(WallTime{}), "19700101T000000");
}

TEST(WallTime, IsReadBack) {
  const WallTime end_of_a_day = WallTime{} + std::chrono::days{20512} - 1ms;
  for (const WallTime time : {some_time, WallTime{}, WallTime{} - 1ms, end_of_a_day, wall_now()}) {
    EXPECT_EQ(parse_rfc3339(to_rfc3339(time)), time) << to_rfc3339(time);
  }
  EXPECT_TRUE(parse_rfc3339("2028-02-29T00:00:00.000Z"));
}

TEST(WallTime, IsReadFromNoOtherText) {
  for (const char* text : {"",
                           "2026-11-22",
                           "2026-11-22T10:15:02Z",
                           "2026-11-22T10:15:02.123",
                           "2026-11-22T10:15:02.123z",
                           "2026-11-22T10:15:02.123Z ",
                           " 2026-11-22T10:15:02.123Z",
                           "2026-11-22 10:15:02.123Z",
                           "2026-11-22T10:15:02.123+00:00",
                           "2026-11-22T10:15:02.12Z",
                           "2026-11-22T10:15:02.1234Z",
                           "2026-1-22T10:15:02.123Z",
                           "2026-13-22T10:15:02.123Z",
                           "2027-02-29T10:15:02.123Z",
                           "2026-11-22T24:15:02.123Z",
                           "2026-11-22T10:60:02.123Z",
                           "2026-11-22T10:15:60.123Z",
                           "2026-11-22T-1:15:02.123Z",
                           "2026-11-22T 1:15:02.123Z",
                           "2026-11-22T10:15:02.-12Z"}) {
    EXPECT_FALSE(parse_rfc3339(text)) << text;
  }
}

}  // namespace
}  // namespace gannet
