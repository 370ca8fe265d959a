#include "core/port_range.hpp"

#include <gtest/gtest.h>

namespace gannet {
namespace {

TEST(PortRange, HoldsItsEndsAndWhatIsBetween) {
  const auto some = PortRange::parse("800-899");
  ASSERT_TRUE(some);
  EXPECT_TRUE(some->contains(800));
  EXPECT_TRUE(some->contains(899));
  EXPECT_FALSE(some->contains(799));
  EXPECT_FALSE(some->contains(900));
}

TEST(PortRange, IsOnePortWithoutADash) {
  const auto one = PortRange::parse("81");
  ASSERT_TRUE(one);
  EXPECT_TRUE(one->contains(81));
  EXPECT_FALSE(one->contains(80));
  EXPECT_FALSE(one->contains(82));
}

TEST(PortRange, WritesWhatItReads) {
  for (const auto* text : {"1", "81", "800-899", "1-65535"}) EXPECT_EQ(PortRange::parse(text)->text(), text);
}

TEST(PortRange, RefusesWhatIsNoPort) {
  for (const auto* text : {"", "0", "65536", "-1", "-", "1-", "-81", "82-81", "0-5", "1-65536", "1-2-3", " 81", "81 ",
                           "+81", "0x50", "http", "80,81"}) {
    EXPECT_FALSE(PortRange::parse(text)) << text;
  }
}

}  // namespace
}  // namespace gannet
