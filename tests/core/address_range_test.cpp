#include "core/address_range.hpp"

#include <gtest/gtest.h>

namespace gannet {
namespace {

bool holds(std::string_view range, const char* address) {
  return AddressRange::parse(range)->contains(boost::asio::ip::make_address(address));
}

TEST(AddressRange, EndsWhereItsBitsSay) {
  EXPECT_TRUE(holds("203.0.113.0/24", "203.0.113.0"));
  EXPECT_TRUE(holds("203.0.113.0/24", "203.0.113.255"));
  EXPECT_FALSE(holds("203.0.113.0/24", "203.0.112.255"));
  EXPECT_FALSE(holds("203.0.113.0/24", "203.0.114.0"));
  EXPECT_TRUE(holds("172.16.0.0/12", "172.31.255.255"));
  EXPECT_FALSE(holds("172.16.0.0/12", "172.32.0.0"));
  EXPECT_TRUE(holds("2001:db8::/33", "2001:db8:7fff::1"));
  EXPECT_FALSE(holds("2001:db8::/33", "2001:db8:8000::"));
}

TEST(AddressRange, IsOneAddressWithoutBitsAndEveryAddressWithNone) {
  EXPECT_TRUE(holds("192.0.2.1", "192.0.2.1"));
  EXPECT_FALSE(holds("192.0.2.1", "192.0.2.0"));
  EXPECT_TRUE(holds("::1", "::1"));
  EXPECT_FALSE(holds("::1", "::2"));
  EXPECT_TRUE(holds("0.0.0.0/0", "255.255.255.255"));
  EXPECT_TRUE(holds("::/0", "ffff::1"));
}

TEST(AddressRange, IgnoresTheBitsBehindItsPrefix) { EXPECT_TRUE(holds("10.1.2.3/8", "10.255.0.1")); }

TEST(AddressRange, KeepsTheFamiliesApart) {
  EXPECT_FALSE(holds("0.0.0.0/0", "::1"));
  EXPECT_FALSE(holds("::/0", "10.0.0.1"));
  EXPECT_FALSE(holds("10.0.0.0/8", "::ffff:10.0.0.1")) << "who asks decides what a mapped address is";
}

TEST(AddressRange, TellsWhatItIs) {
  EXPECT_EQ(AddressRange::parse("10.0.0.0/8")->text(), "10.0.0.0/8");
  EXPECT_EQ(AddressRange::parse("10.0.0.1")->text(), "10.0.0.1/32");
  EXPECT_EQ(AddressRange::parse("2001:DB8::/32")->text(), "2001:db8::/32");
}

TEST(AddressRange, OfMappedAddressesIsOneOfIPv4) {
  EXPECT_EQ(AddressRange::parse("::ffff:10.1.0.0/112")->text(), "10.1.0.0/16");
  EXPECT_EQ(AddressRange::parse("::ffff:10.1.0.0/95")->text(), "::ffff:10.1.0.0/95");
}

TEST(AddressRange, RefusesEverythingElse) {
  for (const char* text : {"", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8x",
                           "10.0.0.0/ 8", "10.0.0.0/8/8", "10.0.0/8", "::/129", "example.org", "10.0.0.0-10.0.0.9",
                           " 10.0.0.1", "[::1]", "10.0.0.0/99999999999", "fe80::1%lo", "fe80::1%1/128"}) {
    EXPECT_FALSE(AddressRange::parse(text)) << text;
  }
}

}  // namespace
}  // namespace gannet
