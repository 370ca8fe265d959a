#include <gtest/gtest.h>

#include <random>

#include "core/url.hpp"

namespace gannet {
namespace {

std::string resolved(std::string_view base, std::string_view reference) {
  const auto url = Url::parse(base)->resolve(reference);
  return url ? url->text() : std::string(to_string(url.error().reason));
}

TEST(ResolveUrl, ReplacesEverythingByAnAbsoluteReference) {
  EXPECT_EQ(resolved("http://a.org/b/c?d", "https://E.org:8443/f?g"), "https://e.org:8443/f?g");
  EXPECT_EQ(resolved("http://a.org:8080/b", "http://a.org/b"), "http://a.org/b");
}

TEST(ResolveUrl, KeepsTheSchemeOfAProtocolRelativeReference) {
  EXPECT_EQ(resolved("https://a.org:8443/b", "//e.org/f"), "https://e.org/f");
  EXPECT_EQ(resolved("http://a.org/b", "//[2001:db8::1]:81/f[1]"), "http://[2001:db8::1]:81/f%5B1%5D");
}

TEST(ResolveUrl, KeepsTheOriginOfAPath) {
  EXPECT_EQ(resolved("https://a.org:8443/b/c?d", "/f?g"), "https://a.org:8443/f?g");
  EXPECT_EQ(resolved("http://[2001:db8::1]:81/b", "/f"), "http://[2001:db8::1]:81/f");
}

// RFC 3986, section 5.4.
TEST(ResolveUrl, FollowsTheExamplesOfTheStandard) {
  const auto from = [](std::string_view reference) { return resolved("http://a/b/c/d;p?q", reference); };
  EXPECT_EQ(from("g"), "http://a/b/c/g");
  EXPECT_EQ(from("./g"), "http://a/b/c/g");
  EXPECT_EQ(from("g/"), "http://a/b/c/g/");
  EXPECT_EQ(from("/g"), "http://a/g");
  EXPECT_EQ(from("//g"), "http://g/");
  EXPECT_EQ(from("?y"), "http://a/b/c/d;p?y");
  EXPECT_EQ(from("g?y"), "http://a/b/c/g?y");
  EXPECT_EQ(from("#s"), "http://a/b/c/d;p?q");
  EXPECT_EQ(from("g?y#s"), "http://a/b/c/g?y");
  EXPECT_EQ(from(";x"), "http://a/b/c/;x");
  EXPECT_EQ(from(""), "http://a/b/c/d;p?q");
  EXPECT_EQ(from("."), "http://a/b/c/");
  EXPECT_EQ(from(".."), "http://a/b/");
  EXPECT_EQ(from("../g"), "http://a/b/g");
  EXPECT_EQ(from("../../g"), "http://a/g");
  EXPECT_EQ(from("../../../g"), "http://a/g");
  EXPECT_EQ(from("/../g"), "http://a/g");
  EXPECT_EQ(from("/../../g"), "http://a/g");
  EXPECT_EQ(from("/.."), "http://a/");
  EXPECT_EQ(from("../../../.."), "http://a/");
  EXPECT_EQ(from("/..?y"), "http://a/?y");
  EXPECT_EQ(from("/..g"), "http://a/..g");
  EXPECT_EQ(from("g/../h"), "http://a/b/c/h");
}

TEST(ResolveUrl, KeepsAHostThatBeginsLikeAnAddress) {
  EXPECT_EQ(resolved("http://192.0.2.1.example.org/a", "b"), "http://192.0.2.1.example.org/b");
  EXPECT_EQ(resolved("http://a.org/", "//192.0.2.1.example.org/b"), "http://192.0.2.1.example.org/b");
  EXPECT_EQ(resolved("http://192.0.2.1:81/a", "/b"), "http://192.0.2.1:81/b");
}

TEST(ResolveUrl, EncodesWhatServersLeaveInLocations) {
  EXPECT_EQ(resolved("http://a.org/", "/my cat.jpg"), "http://a.org/my%20cat.jpg");
  EXPECT_EQ(resolved("http://a.org/", " http://b.org/k\xc3\xa4tzchen?\xff "), "http://b.org/k%C3%A4tzchen?%FF");
  EXPECT_EQ(resolved("http://a.org/", "/login page?next=http://a.org/[1]"),
            "http://a.org/login%20page?next=http://a.org/%5B1%5D");
}

TEST(ResolveUrl, RefusesWhatCannotBeFollowed) {
  for (const auto* reference : {"http://", "http://?x", "//", "http://user@b.org/", "//user:secret@b.org/",
                                "http://b.org:0/", "http://b.org:65536/", "http://exa mple.org/", "http://b%2Forg/",
                                "//%5B", "//b.org:-1/z", "http://[::1]x/", "http://b.org%22/"}) {
    EXPECT_EQ(resolved("http://a.org/", reference), "bad_redirect") << reference;
  }
}

// To browsers it is a path if the page has that scheme and a host if it has another; to curl "https:/b.org" is a host
// and "https:x" a file name.
TEST(ResolveUrl, RefusesASchemeWithoutTwoSlashes) {
  for (const auto* reference : {"https:", "https:/b.org/x", "https:x", "https:?x", "http:/b.org", "https:\\b.org"}) {
    EXPECT_EQ(resolved("https://a.org/", reference), "bad_redirect") << reference;
    EXPECT_EQ(resolved("http://a.org/", reference), "bad_redirect") << reference;
  }
}

TEST(ResolveUrl, ReadsBackslashesAndSpareSlashesAsBrowsersDo) {
  const auto from = [](std::string_view reference) { return resolved("https://a.org/b/c?d", reference); };
  EXPECT_EQ(from("\\x"), "https://a.org/x");
  EXPECT_EQ(from("..\\x"), "https://a.org/x");
  EXPECT_EQ(from("\\\\e.org\\x?\\"), "https://e.org/x?%5C");
  EXPECT_EQ(from("/\\e.org"), "https://e.org/");
  EXPECT_EQ(from("///e.org//x"), "https://e.org//x");
  EXPECT_EQ(from("http:////e.org/x"), "http://e.org/x");
}

TEST(ResolveUrl, RemovesEncodedDotSegments) {
  EXPECT_EQ(resolved("http://a.org/b/c/d", "%2e%2E/x"), "http://a.org/b/x");
  EXPECT_EQ(resolved("http://a.org/b/c/d", "x/%2e%2e/../y"), "http://a.org/b/y");
  EXPECT_EQ(resolved("http://a.org/b/c/d", ".%2e"), "http://a.org/b/");
}

TEST(ResolveUrl, TakesAPathThatLooksLikeAPortOrAScheme) {
  EXPECT_EQ(resolved("http://a.org/b/c", "12:30.jpg"), "http://a.org/b/12:30.jpg");
  EXPECT_EQ(resolved("http://a.org/b/c", "./x:y"), "http://a.org/b/x:y");
  EXPECT_EQ(resolved("http://a.org/b/c", "?http://e.org/"), "http://a.org/b/c?http://e.org/");
}

TEST(ResolveUrl, RemovesLineBreaks) { EXPECT_EQ(resolved("http://a.org/", "/a\n b\r\n"), "http://a.org/a%20b"); }

TEST(ResolveUrl, RefusesOtherSchemes) {
  for (const auto* reference : {"ftp://b.org/", "file:///etc/passwd", "javascript:alert(1)", "data:,x"}) {
    EXPECT_EQ(resolved("http://a.org/", reference), "unsupported_scheme") << reference;
  }
}

TEST(ResolveUrl, HasALongestLength) {
  EXPECT_EQ(resolved("http://a.org/", '/' + std::string(16371, 'a')), "http://a.org/" + std::string(16371, 'a'));
  EXPECT_EQ(resolved("http://a.org/", '/' + std::string(16372, 'a')), "bad_redirect");
}

// A chain of redirects must not be able to reach a URL that cannot be resolved against.
TEST(ResolveUrl, StaysInNormalFormWhateverTheServerSays) {
  constexpr std::string_view pieces[] = {"http:", "https:", "//",  "/",   "?",   "#",  "@",  "[",
                                         "]",     "b.org",  "::1", "%",   "%41", "..", "\\", "\xc3\xa4",
                                         ":80",   ":",      "\"",  "%3F", "%22", " "};
  std::mt19937 random(11);
  auto url = *Url::parse("http://a.org/start");
  unsigned followed = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string reference;
    for (auto left = random() % 7; left > 0; --left) reference += pieces[random() % std::size(pieces)];
    const auto next = url.resolve(reference);
    if (!next) {
      EXPECT_TRUE(next.error().reason == Reason::bad_redirect || next.error().reason == Reason::unsupported_scheme);
      continue;
    }
    ++followed;
    const auto again = Url::parse(next->text());
    ASSERT_TRUE(again) << next->text();
    EXPECT_EQ(again->text(), next->text()) << reference;
    if (next->target.size() < 1000) url = *next;
  }
  EXPECT_GT(followed, 1000u);
}

}  // namespace
}  // namespace gannet
