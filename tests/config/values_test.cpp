#include "config/values.hpp"

#include <gtest/gtest.h>

#include "core/text.hpp"

namespace gannet::config {
namespace {

TEST(Values, ReadsDurationsOfEveryUnit) {
  EXPECT_EQ(parse_duration("500ms"), 500ms);
  EXPECT_EQ(parse_duration("20s"), 20s);
  EXPECT_EQ(parse_duration("5m"), 5min);
  EXPECT_EQ(parse_duration("1h"), 1h);
  EXPECT_EQ(parse_duration("30d"), 30 * 24h);
  EXPECT_EQ(parse_duration("0"), 0ms);
  EXPECT_EQ(parse_duration("0s"), 0ms);
}

TEST(Values, RefusesOtherDurations) {
  for (const auto* text : {"", "s", "20", "-1s", "+1s", "1.5s", "1 s", " 1s", "1s ", "1S", "1min", "1h30m", "ms",
                           "9223372036854775807d", "18446744073709551616ms", "99999999999999999999s"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

TEST(Values, ReadsSizesOfEveryUnit) {
  EXPECT_EQ(parse_size("0"), 0u);
  EXPECT_EQ(parse_size("512"), 512u);
  EXPECT_EQ(parse_size("16KiB"), 16u << 10);
  EXPECT_EQ(parse_size("64MiB"), 64u << 20);
  EXPECT_EQ(parse_size("4GiB"), ByteCount{4} << 30);
}

TEST(Values, RefusesOtherSizes) {
  for (const auto* text : {"", "KiB", "1KB", "1kB", "1K", "1kib", "1 KiB", "1.5MiB", "-1", "0x10", "1e3", "1TiB",
                           "18446744073709551615GiB", "17179869184GiB"}) {
    EXPECT_EQ(parse_size(text), std::nullopt) << text;
  }
}

TEST(Values, ReadsNumbers) {
  EXPECT_EQ(parse_whole("0"), 0u);
  EXPECT_EQ(parse_whole("18446744073709551615"), 18446744073709551615u);
  EXPECT_EQ(parse_decimal("12"), 12.0);
  EXPECT_EQ(parse_decimal("0.25"), 0.25);
  EXPECT_EQ(parse_decimal("0.001"), 0.001);
}

TEST(Values, RefusesOtherNumbers) {
  for (const auto* text : {"", "-1", "+1", "1.0", "1e3", "0x1", "1_000", " 1", "1 ", "18446744073709551616"}) {
    EXPECT_EQ(parse_whole(text), std::nullopt) << text;
  }
  for (const auto* text : {"", ".", ".5", "1.", "1.2.3", "-0", "0.0001", "inf", "nan", "1e3", "0x1p3", "1,5"}) {
    EXPECT_EQ(parse_decimal(text), std::nullopt) << text;
  }
}

TEST(Values, ReadsServerAddressesWithAndWithoutPort) {
  for (const auto* text : {"192.0.2.1", "192.0.2.1:53", "192.0.2.1:65535", "2001:db8::1", "[2001:db8::1]:53"}) {
    EXPECT_TRUE(is_server_address(text)) << text;
  }
  for (const auto* text : {"", ":53", "192.0.2", "192.0.2.1:", "192.0.2.1:0", "192.0.2.1:65536", "192.0.2.1:dns",
                           "[2001:db8::1]", "[192.0.2.1]:53", "[]:53", "[2001:db8::1:53", "[:53", "dns.example.org"}) {
    EXPECT_FALSE(is_server_address(text)) << text;
  }
}

TEST(Values, ReadsWhatIsFetchedAgain) {
  using Kind = Refetch::Kind;
  EXPECT_EQ(parse_refetch("always"), (Refetch{Kind::always, {}}));
  EXPECT_EQ(parse_refetch("never"), (Refetch{Kind::never, {}}));
  EXPECT_EQ(parse_refetch("revalidate"), (Refetch{Kind::revalidate, {}}));
  EXPECT_EQ(parse_refetch("after:30d"), (Refetch{Kind::after, 30 * 24h}));
  EXPECT_EQ(parse_refetch("after: 36h"), (Refetch{Kind::after, 36h}));
  EXPECT_EQ(parse_refetch("after:1s"), (Refetch{Kind::after, 1s}));
  EXPECT_EQ(parse_refetch("after:3650d"), (Refetch{Kind::after, 3650 * 24h}));
  for (const auto* text : {"", "Never", "after", "after:", "after:30", "after 30d", "after:999ms", "after:3651d",
                           "after:-1d", "30d", "never:30d", "after:30d x"}) {
    EXPECT_EQ(parse_refetch(text), std::nullopt) << text;
  }
  for (const auto* text : {"always", "never", "revalidate", "after:30d"}) {
    EXPECT_EQ(refetch_text(*parse_refetch(text)), text);
  }
}

TEST(Values, WritesWhatItReads) {
  EXPECT_EQ(duration_text(0ms), "0s");
  for (const auto* text : {"1ms", "1500ms", "90s", "5m", "25h", "30d"}) {
    EXPECT_EQ(duration_text(parse_duration(text).value()), text);
  }
  EXPECT_EQ(size_text(0), "0");
  for (const auto* text : {"1023", "1KiB", "300KiB", "64MiB", "4GiB"}) {
    EXPECT_EQ(size_text(parse_size(text).value()), text);
  }
  for (const auto* text : {"0", "0.001", "2.5", "100000"}) EXPECT_EQ(decimal_text(parse_decimal(text).value()), text);
}

}  // namespace
}  // namespace gannet::config
