#include <gtest/gtest.h>

#include <random>
#include <tuple>

#include "core/url.hpp"

namespace gannet {
namespace {

std::string parsed(std::string_view text) {
  const auto url = Url::parse(text);
  return url ? url->text() : std::string(to_string(url.error().reason));
}

TEST(ParseUrl, TellsThePartsApart) {
  const auto url = Url::parse("https://example.org:8443/a/b.jpg?size=1");
  ASSERT_TRUE(url);
  EXPECT_TRUE(url->secure);
  EXPECT_EQ(url->host, "example.org");
  EXPECT_EQ(url->port, 8443);
  EXPECT_EQ(url->target, "/a/b.jpg?size=1");
  EXPECT_EQ(url->origin(), "https://example.org:8443");
  EXPECT_EQ(url->authority(), "example.org:8443");
  EXPECT_EQ(url->text(), "https://example.org:8443/a/b.jpg?size=1");
}

TEST(ParseUrl, GivesEachSchemeItsPortAndLeavesItOut) {
  EXPECT_EQ(Url::parse("http://example.org")->port, 80);
  EXPECT_EQ(Url::parse("https://example.org")->port, 443);
  EXPECT_EQ(parsed("http://example.org:80/"), "http://example.org/");
  EXPECT_EQ(parsed("https://example.org:443/"), "https://example.org/");
  EXPECT_EQ(parsed("https://example.org:80/"), "https://example.org:80/");
  EXPECT_EQ(parsed("http://example.org:/"), "http://example.org/");
  EXPECT_EQ(parsed("http://example.org:0080/"), "http://example.org/");
}

TEST(ParseUrl, TakesPortsInRangeOnly) {
  EXPECT_EQ(parsed("http://example.org:1/"), "http://example.org:1/");
  EXPECT_EQ(parsed("http://example.org:65535/"), "http://example.org:65535/");
  for (const auto* port : {"0", "65536", "99999999999999999999", "-1", "http", "8 0"}) {
    EXPECT_EQ(parsed(std::string("http://example.org:") + port + "/"), "bad_url") << port;
  }
}

TEST(ParseUrl, AlwaysHasAPath) {
  EXPECT_EQ(parsed("http://example.org"), "http://example.org/");
  EXPECT_EQ(parsed("http://example.org?a=b"), "http://example.org/?a=b");
  EXPECT_EQ(parsed("http://example.org#top"), "http://example.org/");
  EXPECT_EQ(parsed("http://example.org//double"), "http://example.org//double");
}

TEST(ParseUrl, TakesUpperCaseSchemesAndHosts) {
  EXPECT_EQ(parsed("HTTP://Example.ORG/Path"), "http://example.org/Path");
}

TEST(ParseUrl, ForgivesBlanksAround) { EXPECT_EQ(parsed(" \thttp://example.org/a \r\n"), "http://example.org/a"); }

TEST(ParseUrl, EncodesWhatPeopleLeaveInPathsAndQueries) {
  EXPECT_EQ(parsed("http://example.org/my cat.jpg"), "http://example.org/my%20cat.jpg");
  EXPECT_EQ(parsed("http://example.org/a?b=c d"), "http://example.org/a?b=c%20d");
  EXPECT_EQ(parsed("http://example.org/k\xc3\xa4tzchen/\xe7\x8c\xab"), "http://example.org/k%C3%A4tzchen/%E7%8C%AB");
  EXPECT_EQ(parsed("http://example.org/a[1].jpg?b[]=2"), "http://example.org/a%5B1%5D.jpg?b%5B%5D=2");
  EXPECT_EQ(parsed("http://example.org/\"<>^`{|}\x7f\x01z"), "http://example.org/%22%3C%3E%5E%60%7B%7C%7D%7F%01z");
}

TEST(ParseUrl, EncodesALonePercentAndKeepsAnEscape) {
  EXPECT_EQ(parsed("http://example.org/100%"), "http://example.org/100%25");
  EXPECT_EQ(parsed("http://example.org/100%2"), "http://example.org/100%252");
  EXPECT_EQ(parsed("http://example.org/%zz%2f%2F"), "http://example.org/%25zz%2f%2F");
}

TEST(ParseUrl, DropsFragments) {
  EXPECT_EQ(parsed("http://example.org/a#b c"), "http://example.org/a");
  EXPECT_EQ(parsed("http://example.org/a?b#c?d"), "http://example.org/a?b");
  EXPECT_EQ(parsed("http://example.org/#/route#two"), "http://example.org/");
}

TEST(ParseUrl, RefusesUserNamesAndPasswords) {
  EXPECT_EQ(parsed("http://user@example.org/"), "bad_url");
  EXPECT_EQ(parsed("http://user:secret@example.org/"), "bad_url");
  EXPECT_EQ(parsed("http://@example.org/"), "bad_url");
  EXPECT_EQ(parsed("http:user@example.org"), "bad_url");
  EXPECT_EQ(parsed("http://example.org/a@b"), "http://example.org/a@b") << "in a path it is only a character";
}

TEST(ParseUrl, TakesIpv6Hosts) {
  const auto url = Url::parse("http://[2001:DB8::0:1]:8080/x");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, "2001:db8::1");
  EXPECT_EQ(url->authority(), "[2001:db8::1]:8080");
  EXPECT_EQ(url->text(), "http://[2001:db8::1]:8080/x");
  EXPECT_EQ(parsed("http://[::ffff:203.0.113.9]/"), "http://[::ffff:203.0.113.9]/");
  for (const auto* host : {"[2001:db8::1", "2001:db8::1", "[]", "[::1]x", "[1.2.3.4]", "[fe80::1%25eth0]", "[v1.a]"}) {
    EXPECT_EQ(parsed(std::string("http://") + host + "/"), "bad_url") << host;
  }
}

TEST(ParseUrl, ReadsEverySpellingOfAnIpv4Address) {
  for (const auto* host : {"127.0.0.1", "127.1", "0177.0.0.1", "0x7f.0.0.1", "0X7F.1", "2130706433", "0x7f000001"}) {
    EXPECT_EQ(parsed(std::string("http://") + host + "/"), "http://127.0.0.1/") << host;
  }
  for (const auto* host : {"256.1.1.1", "1.2.3.4.5", "example.1", "1.2.3.0x7g.08"}) {
    EXPECT_EQ(parsed(std::string("http://") + host + "/"), "bad_url") << host;
  }
}

TEST(ParseUrl, TakesHostsThatBeginLikeAnAddress) {
  for (const auto* url :
       {"http://192.0.2.1.example.org/a", "http://192.0.2.1-9.example.org:81/", "http://9gag.com/a"}) {
    EXPECT_EQ(parsed(url), url);
  }
}

TEST(ParseUrl, DecodesHostsButLetsThemHideNothing) {
  EXPECT_EQ(parsed("http://ex%61mple.org/"), "http://example.org/");
  for (const auto* hidden : {"%2F", "%3F", "%23", "%40", "%3A", "%5B", "%5D", "%5C", "%25", "%00", "%0D%0A", "%20",
                             "%22", "%3C", "%7C", "%7F", "%C3", "%E2%84%80"}) {
    EXPECT_EQ(parsed(std::string("http://example") + hidden + ".org/"), "bad_url") << hidden;
  }
}

TEST(ParseUrl, RefusesWhatIsNoUrl) {
  for (const auto* text :
       {"", " ", "http://", "http:", "https:///", "http:///?a", "https://:443/", "http://exa mple.org/",
        "http:// example.org/", "http://example.org:80:80/", "http://example.org:80\x01/", "http://[::1]x/"}) {
    const auto url = Url::parse(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().reason, Reason::bad_url) << text;
    EXPECT_FALSE(url.error().detail.empty()) << text;
  }
}

TEST(ParseUrl, SaysThatTheSchemeIsMissing) {
  for (const auto* text :
       {"", "example.org/a.jpg", "/a.jpg", "//example.org/a", "\\\\example.org\\a", "?a", "://a", "h ttp://a/",
        "1http://a/", "example.org:8080", "example.org:8080/a.jpg", "localhost:8080", "localhost:8080/a.jpg",
        "Photos:80/a.jpg", "my-host:65535?a", "nas:81\\a", "<http://example.org/>", "\"http://example.org/\""}) {
    const auto url = Url::parse(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().reason, Reason::bad_url) << text;
    EXPECT_EQ(url.error().detail, "no scheme (http:// or https://)") << text;
  }
}

TEST(ParseUrl, NamesSchemesItDoesNotFetch) {
  for (const auto* text :
       {"ftp://example.org/a", "file:///etc/passwd", "data:image/png;base64,AA", "javascript:x",
        "gopher://example.org:80/", "mailto:a@example.org", "tel:112", "tel:5551234567/a", "data:12,/a", "urn:5:/"}) {
    const auto url = Url::parse(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().reason, Reason::unsupported_scheme) << text;
    EXPECT_TRUE(std::string_view(text).starts_with(url.error().detail)) << text;
  }
}

TEST(ParseUrl, HasALongestLength) {
  const std::string start = "http://example.org/";
  const std::string longest = start + std::string(16384 - start.size(), 'a');
  EXPECT_EQ(parsed(longest), longest);
  EXPECT_EQ(parsed(longest + 'a'), "bad_url");
  EXPECT_EQ(parsed(start + std::string(6000, ' ') + 'a'), "bad_url") << "as it is sent, it is longer";
}

// What was accepted is in normal form: read again, it is the same, and it can be resolved against.
TEST(ParseUrl, ReadsItsOwnTextBackWhateverItWas) {
  constexpr std::string_view pieces[] = {"http", "https", ":",     "//",       "/",        "?",     "#",   "@",
                                         "[",    "]",     "a.org", "::1",      "%",        "%41",   "%2f", "\\",
                                         " ",    ".",     "..",    "\xc3\xa4", "0x7f",     "127.1", ":80", "\"",
                                         "'",    "\n",    "x=1",   "&",        "http://h", "%00",   "|",   "~"};
  std::mt19937 random(7);
  unsigned accepted = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string text = i % 2 ? "http://" : "";
    for (auto left = random() % 8; left > 0; --left) text += pieces[random() % std::size(pieces)];
    const auto url = Url::parse(text);
    if (!url) {
      EXPECT_TRUE(url.error().reason == Reason::bad_url || url.error().reason == Reason::unsupported_scheme) << text;
      continue;
    }
    ++accepted;
    EXPECT_EQ(parsed(url->text()), url->text()) << text;
    const auto again = url->resolve(url->text());
    ASSERT_TRUE(again) << text;
    EXPECT_EQ(again->text(), url->text()) << text;
    const Url split = Url::of_normal(url->text());
    EXPECT_EQ(std::tie(split.secure, split.host, split.port, split.target),
              std::tie(url->secure, url->host, url->port, url->target))
        << text;
  }
  EXPECT_GT(accepted, 1000u);
}

}  // namespace
}  // namespace gannet
