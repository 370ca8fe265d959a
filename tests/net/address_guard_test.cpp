#include "net/address_guard.hpp"

#include <gtest/gtest.h>

#include <string>

namespace gannet::net {
namespace {

AddressRange range(const char* text) { return *AddressRange::parse(text); }

bool permits(const AddressGuard& guard, const std::string& address) {
  return guard.permits(boost::asio::ip::make_address(address));
}

struct Edges {
  const char* before;  // null: refused for another reason, or there is none
  const char* first;
  const char* last;
  const char* after;
};

class RefusedRange : public testing::TestWithParam<Edges> {};

TEST_P(RefusedRange, FromItsFirstToItsLastAddressAndNoFurther) {
  const AddressGuard guard({}, {});
  const auto& [before, first, last, after] = GetParam();
  EXPECT_FALSE(permits(guard, first)) << first;
  EXPECT_FALSE(permits(guard, last)) << last;
  if (before) {
    EXPECT_TRUE(permits(guard, before)) << before;
  }
  if (after) {
    EXPECT_TRUE(permits(guard, after)) << after;
  }
}

INSTANTIATE_TEST_SUITE_P(IPv4, RefusedRange,
                         testing::Values(Edges{nullptr, "0.0.0.0", "0.255.255.255", "1.0.0.0"},
                                         Edges{"9.255.255.255", "10.0.0.0", "10.255.255.255", "11.0.0.0"},
                                         Edges{"100.63.255.255", "100.64.0.0", "100.127.255.255", "100.128.0.0"},
                                         Edges{"126.255.255.255", "127.0.0.0", "127.255.255.255", "128.0.0.0"},
                                         Edges{"169.253.255.255", "169.254.0.0", "169.254.255.255", "169.255.0.0"},
                                         Edges{"172.15.255.255", "172.16.0.0", "172.31.255.255", "172.32.0.0"},
                                         Edges{"191.255.255.255", "192.0.0.0", "192.0.0.255", "192.0.1.0"},
                                         Edges{"192.0.1.255", "192.0.2.0", "192.0.2.255", "192.0.3.0"},
                                         Edges{"192.88.98.255", "192.88.99.0", "192.88.99.255", "192.88.100.0"},
                                         Edges{"192.167.255.255", "192.168.0.0", "192.168.255.255", "192.169.0.0"},
                                         Edges{"198.17.255.255", "198.18.0.0", "198.19.255.255", "198.20.0.0"},
                                         Edges{"198.51.99.255", "198.51.100.0", "198.51.100.255", "198.51.101.0"},
                                         Edges{"203.0.112.255", "203.0.113.0", "203.0.113.255", "203.0.114.0"},
                                         Edges{"223.255.255.255", "224.0.0.0", "239.255.255.255", nullptr},
                                         Edges{nullptr, "240.0.0.0", "255.255.255.255", nullptr}));

INSTANTIATE_TEST_SUITE_P(
    IPv6, RefusedRange,
    testing::Values(Edges{nullptr, "::", "::1", nullptr},
                    Edges{"ff:ffff::", "100::", "100::1:ffff:ffff:ffff:ffff", "100:0:0:2::"},
                    Edges{"64:ff9b:0:ffff::", "64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", "64:ff9b:2::"},
                    Edges{"2001:1:ffff::", "2001:2::", "2001:2:0:ffff:ffff:ffff:ffff:ffff", "2001:2:1::"},
                    Edges{"2001:f:ffff::", "2001:10::", "2001:1f:ffff:ffff:ffff:ffff:ffff:ffff", "2001:20::"},
                    Edges{"2001:db7:ffff::", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::"},
                    Edges{"3ffe:ffff::", "3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:1000::"},
                    Edges{"5eff:ffff::", "5f00::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "5f01::"},
                    Edges{"fbff:ffff::", "fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fe00::"},
                    Edges{"fe7f:ffff::", "fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", nullptr},
                    Edges{nullptr, "fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", nullptr},
                    Edges{nullptr, "ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", nullptr},
                    // Translated addresses (RFC 2765) are refused whatever they carry.
                    Edges{"::fffe:ffff:ffff:ffff", "::ffff:0:0:0", "::ffff:0:ffff:ffff", "::ffff:1:0:0"},
                    Edges{nullptr, "::ffff:0:808:808", "::ffff:0:808:808", nullptr}));

TEST(AddressGuard, PermitsPublicAddresses) {
  const AddressGuard guard({}, {});
  for (const char* address : {"8.8.8.8", "93.184.216.34", "2606:4700::1111", "2a00:1450:4001::64"}) {
    EXPECT_TRUE(permits(guard, address)) << address;
  }
}

struct Embedding {
  const char* name;
  const char* of_public;   // 8.8.8.8
  const char* of_private;  // 10.0.0.1
};

class EmbeddedAddress : public testing::TestWithParam<Embedding> {};

TEST_P(EmbeddedAddress, IsJudgedByTheAddressInside) {
  const auto& [name, of_public, of_private] = GetParam();
  const AddressGuard guard({}, {});
  EXPECT_TRUE(permits(guard, of_public)) << of_public;
  EXPECT_FALSE(permits(guard, of_private)) << of_private;
}

TEST_P(EmbeddedAddress, IsOpenedAndDeniedThroughTheAddressInside) {
  const auto& [name, of_public, of_private] = GetParam();
  EXPECT_TRUE(permits(AddressGuard({range("10.0.0.0/8")}, {}), of_private)) << of_private;
  EXPECT_FALSE(permits(AddressGuard({}, {range("8.8.8.8")}), of_public)) << of_public;
}

INSTANTIATE_TEST_SUITE_P(
    Forms, EmbeddedAddress,
    testing::Values(Embedding{"mapped", "::ffff:8.8.8.8", "::ffff:10.0.0.1"},
                    Embedding{"compatible", "::8.8.8.8", "::10.0.0.1"},
                    Embedding{"nat64", "64:ff9b::8.8.8.8", "64:ff9b::10.0.0.1"},
                    Embedding{"six_to_four", "2002:808:808::1", "2002:a00:1::1"},
                    Embedding{"teredo", "2001:0:102:304:0:0:f7f7:f7f7", "2001:0:102:304::f5ff:fffe"},
                    Embedding{"teredo_server", "2001:0:102:304::f7f7:f7f7", "2001:0:a00:1::f7f7:f7f7"},
                    Embedding{"isatap_in_six_to_four", "2002:808:808::5efe:808:808", "2002:808:808::5efe:a00:1"},
                    Embedding{"isatap", "2606:4700::5efe:808:808", "2606:4700::5efe:a00:1"},
                    Embedding{"global_isatap", "2606:4700::200:5efe:808:808", "2606:4700::200:5efe:a00:1"}),
    [](const auto& form) { return std::string(form.param.name); });

TEST(AddressGuard, EveryAddressInsideIsJudged) {
  const AddressGuard guard({}, {});
  for (const char* address : {
           "2002:808:808::5efe:a00:1",           // ISATAP in 6to4
           "2002:808:808:0:200:5efe:a9fe:a9fe",  // with the bit of a global one
           "2002:a00:1::5efe:808:808",
           "2001:0:a00:1::f7f7:f7f7",  // the server of Teredo
       }) {
    EXPECT_FALSE(permits(guard, address)) << address;
  }
  for (const char* address : {"2002:808:808::5efe:808:808", "2001:0:808:808::f7f7:f7f7"}) {
    EXPECT_TRUE(permits(guard, address)) << address;
  }
}

TEST(AddressGuard, AMappedRangeIsTheRangeOfIPv4) {
  EXPECT_FALSE(permits(AddressGuard({}, {range("::ffff:8.8.8.8/128")}), "8.8.8.8"));
  EXPECT_FALSE(permits(AddressGuard({}, {range("::ffff:8.0.0.0/104")}), "::ffff:8.8.8.8"));
  EXPECT_TRUE(permits(AddressGuard({range("::ffff:10.0.0.0/104")}, {}), "10.0.0.1"));
  EXPECT_TRUE(permits(AddressGuard({}, {range("::/0")}), "8.8.8.8"));
}

TEST(AddressGuard, NAT64OfSomebodysOwnIsOpenedOnlyByNameAndJudgedInsideThen) {
  for (const char* address : {"64:ff9b:1::8.8.8.8", "64:ff9b:1::10.0.0.1", "64:ff9b:1:a00:0:100:808:808"}) {
    EXPECT_FALSE(permits(AddressGuard({}, {}), address)) << address;
  }
  const AddressGuard opened({range("64:ff9b:1::/48")}, {});
  EXPECT_TRUE(permits(opened, "64:ff9b:1::8.8.8.8"));
  EXPECT_FALSE(permits(opened, "64:ff9b:1:ffff::10.0.0.1"));
}

TEST(AddressGuard, AllowOpensExactlyWhatItNames) {
  const AddressGuard guard({range("127.0.0.1"), range("::1"), range("fd00::/64")}, {});
  EXPECT_TRUE(permits(guard, "127.0.0.1"));
  EXPECT_FALSE(permits(guard, "127.0.0.2"));
  EXPECT_TRUE(permits(guard, "::1"));
  EXPECT_FALSE(permits(guard, "::"));
  EXPECT_TRUE(permits(guard, "fd00::5"));
  EXPECT_FALSE(permits(guard, "fd00:0:0:1::5"));
}

TEST(AddressGuard, AllowedOuterFormDoesNotOpenThePrivateAddressInside) {
  EXPECT_FALSE(permits(AddressGuard({range("::/0")}, {}), "::ffff:127.0.0.1"));
}

TEST(AddressGuard, DenyWinsOverAllowAndOverPublic) {
  const AddressGuard guard({range("10.0.0.0/8"), range("8.8.8.8")}, {range("10.1.0.0/16"), range("8.8.8.0/24")});
  EXPECT_TRUE(permits(guard, "10.2.0.1"));
  EXPECT_FALSE(permits(guard, "10.1.0.1"));
  EXPECT_FALSE(permits(guard, "8.8.8.8"));
  EXPECT_TRUE(permits(guard, "8.8.4.4"));
}

}  // namespace
}  // namespace gannet::net
