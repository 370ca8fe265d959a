#include "core/host_name.hpp"

#include <gtest/gtest.h>

namespace gannet {
namespace {

std::string host(std::string_view decoded) {
  const auto name = canonical_host(decoded);
  if (name) return *name;
  EXPECT_EQ(name.error().reason, Reason::bad_url) << decoded;
  EXPECT_FALSE(name.error().detail.empty()) << decoded;
  return "refused";
}

TEST(HostName, IsLowerCase) { EXPECT_EQ(host("Example.ORG"), "example.org"); }

TEST(HostName, LosesOneTrailingDot) {
  EXPECT_EQ(host("example.org."), "example.org");
  EXPECT_EQ(host("example.org\u3002"), "example.org");
  EXPECT_EQ(host("example.org.."), "refused");
  EXPECT_EQ(host("."), "refused");
}

TEST(HostName, MayHaveUnderscoresAndHyphensAnywhere) {
  for (const auto* name : {"_dmarc.example.org", "my_cats.example.org", "r3---sn-4g5.example.org", "-a-.example.org"}) {
    EXPECT_EQ(host(name), name);
  }
}

TEST(HostName, IsNotCheckedForWhatPunycodeMeans) {
  EXPECT_EQ(host("XN--BCHER-KVA.example"), "xn--bcher-kva.example");
  EXPECT_EQ(host("xn--ls8h.la"), "xn--ls8h.la") << "a symbol";
  EXPECT_EQ(host("xn--a"), "xn--a");
}

TEST(HostName, IsTranslatedByIdna) {
  EXPECT_EQ(host("b\u00fccher.example"), "xn--bcher-kva.example");
  EXPECT_EQ(host("B\u00dcCHER.example"), "xn--bcher-kva.example");
  EXPECT_EQ(host("bu\u0308cher.example"), "xn--bcher-kva.example");
  EXPECT_EQ(host("fa\u00df.de"), "xn--fa-hia.de") << "non-transitional: not fass.de";
  EXPECT_EQ(host("\u4f8b\u3048\u3002\u30c6\u30b9\u30c8"), "xn--r8jz45g.xn--zckzah");
  EXPECT_EQ(host("\u0440\u0444"), "xn--p1ai");
  EXPECT_EQ(host("ex\u00adample.org"), "example.org") << "a soft hyphen is nothing";
  EXPECT_EQ(host("\uff45xample\uff0eorg"), "example.org");
  EXPECT_EQ(host("_k\u00e4tzchen.r3---sn.example"), "xn--_ktzchen-1za.r3---sn.example");
}

TEST(HostName, MayBeSymbols) {
  EXPECT_EQ(host("\u2603.net"), "xn--n3h.net");
  EXPECT_EQ(host("\U0001f4a9.la"), "xn--ls8h.la");
  EXPECT_EQ(host("\u2603fa\u00df.de"), "refused") << "libidn2 would make ss of the sharp s";
}

TEST(HostName, RefusesWhatIdnaRefuses) {
  for (const auto* name :
       {"\u0308a.org", "a\u200cb.org", "xn--b\u00fccher.org", "\ufffd.org", "\xff.org", "\xc3.org", "\u00ad.org"}) {
    EXPECT_EQ(host(name), "refused") << name;
  }
}

TEST(HostName, HidesNothingThatEndsAHost) {
  for (const auto* name : {"a b", "a/b", "a\\b", "a@b", "a:b",  "a?b",   "a#b",    "a%b",      "a[b",
                           "a]b", "a<b", "a>b",  "a^b", "a|b",  "a\"b",  "a`b",    "a{b",      "a}b",
                           "a'b", "a,b", "a;b",  "a*b", "a\tb", "a\x7f", "\u2100", "a\uff0fb", "a\uff20b"}) {
    EXPECT_EQ(host(name), "refused") << name;
  }
  EXPECT_EQ(host(std::string_view("a\0b", 3)), "refused");
}

TEST(HostName, HasNoEmptyLabel) {
  for (const auto* name : {"", ".", "..", ".example.org", "a..b", "a\u3002.b"})
    EXPECT_EQ(host(name), "refused") << name;
}

TEST(HostName, IsAsLongAsDnsAllows) {
  const std::string label(63, 'a');
  const std::string longest = label + '.' + label + '.' + label + '.' + std::string(61, 'a');
  ASSERT_EQ(longest.size(), 253u);
  EXPECT_EQ(host(longest), longest);
  EXPECT_EQ(host(longest + '.'), longest);
  EXPECT_EQ(host(longest + 'a'), "refused");
  EXPECT_EQ(host(label + "a.org"), "refused");
  EXPECT_EQ(host(std::string(100000, 'a')), "refused");
  std::string umlauts;
  for (int i = 0; i < 60; ++i) umlauts += "\u00fc";
  EXPECT_EQ(host(umlauts), "refused") << "as punycode, it is longer";
}

TEST(HostName, IsAnAddressWhenItsLastLabelIsANumber) {
  for (const auto* name :
       {"127.0.0.1", "127.0.0.1.", "127.1", "127.0.1", "0177.0.0.1", "0x7f.0.0.1", "0X7F.1", "2130706433", "0x7f000001",
        "017700000001", "0x7f.0x1", "00000177.1", "0x00000000000000000000007f.1", "\uff11\uff12\uff17.\uff10.0.1",
        "127\u30020\u30020\u30021", "0\uff58\uff17f.1"}) {
    EXPECT_EQ(host(name), "127.0.0.1") << name;
  }
  EXPECT_EQ(host("0"), "0.0.0.0");
  EXPECT_EQ(host("0x"), "0.0.0.0");
  EXPECT_EQ(host("4294967295"), "255.255.255.255");
  EXPECT_EQ(host("1.16777215"), "1.255.255.255");
  EXPECT_EQ(host("1.2.65535"), "1.2.255.255");
  EXPECT_EQ(host("1.2.3.0377"), "1.2.3.255");
}

TEST(HostName, IsNothingWhenTheNumberIsNoAddress) {
  for (const auto* name : {"256.1.1.1",  "1.256.1.1",   "1.2.3.256",  "1.2.65536",  "1.16777216",
                           "4294967296", "0x100000000", "1.2.3.4.5",  "1.2.3.4..",  "1..2",
                           ".1",         "1.2.3.08",    "1.2.3.09",   "08",         "0x7g.1",
                           "example.1",  "example.0x4", "example.0x", "example.08", "99999999999999999999999999999999",
                           "1e2.1",      "-1.1",        "+1.1",       "1_0.1"}) {
    EXPECT_EQ(host(name), "refused") << name;
  }
}

TEST(HostName, MayBeginLikeAnAddress) {
  for (const auto* name : {"192.0.2.1.example.org", "127.0.0.1x", "0x7g", "1.2.3.4a", "9gag.com", "0xg", "1.2.3.0x-"}) {
    EXPECT_EQ(host(name), name);
  }
}

}  // namespace
}  // namespace gannet
