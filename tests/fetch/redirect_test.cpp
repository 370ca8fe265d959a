#include "fetch/redirect.hpp"

#include <gtest/gtest.h>

namespace gannet::fetch {
namespace {

const Url here = *Url::parse("https://example.org/a/b?c=d");

// Where the Location leads, or the reason why nowhere.
std::string lead(const Url& from, const std::string& location, unsigned hops = 0, unsigned most = 10) {
  ResponseHead head;
  head.status = 302;
  head.location = location;
  const auto next = follow(from, head, hops, most);
  return next ? next->text() : std::string(to_string(next.error().reason));
}

TEST(Redirect, StatusesThatNameAnotherPlace) {
  for (const unsigned status : {301u, 302u, 303u, 307u, 308u}) EXPECT_TRUE(is_redirect(status)) << status;
  for (const unsigned status : {200u, 300u, 304u, 305u, 306u, 309u, 404u}) EXPECT_FALSE(is_redirect(status)) << status;
}

TEST(Redirect, LocationIsResolvedAgainstTheUrl) {
  EXPECT_EQ(lead(here, "https://other.org/x"), "https://other.org/x");
  EXPECT_EQ(lead(here, "//other.org/x"), "https://other.org/x");
  EXPECT_EQ(lead(here, "/x"), "https://example.org/x");
  EXPECT_EQ(lead(here, "x"), "https://example.org/a/x");
  EXPECT_EQ(lead(here, "../x"), "https://example.org/x");
  EXPECT_EQ(lead(here, "?x"), "https://example.org/a/b?x");
  EXPECT_EQ(lead(here, "/x#fragment"), "https://example.org/x");
  EXPECT_EQ(lead(here, "/with space"), "https://example.org/with%20space");
}

TEST(Redirect, FromHttpToHttpsButNotBack) {
  EXPECT_EQ(lead(*Url::parse("http://example.org/"), "https://example.org/"), "https://example.org/");
  EXPECT_EQ(lead(here, "http://example.org/"), "bad_redirect");
}

TEST(Redirect, OtherSchemesAreRefused) {
  for (const char* location : {"ftp://example.org/", "file:///etc/passwd", "gopher://example.org/", "data:image/png,x",
                               "javascript:alert(1)"}) {
    EXPECT_EQ(lead(here, location), "bad_redirect") << location;
  }
}

TEST(Redirect, UnusableLocationsAreRefused) {
  for (const char* location : {"", "https://", "https://user:password@example.org/", "https://example.org:99999/",
                               "https://exa mple.org/", "http://[::1/"}) {
    EXPECT_EQ(lead(here, location), "bad_redirect") << location;
  }
  EXPECT_EQ(lead(here, "/" + std::string(20000, 'x')), "bad_redirect");
}

TEST(Redirect, TooManyAreRefused) {
  EXPECT_EQ(lead(here, "/x", 9, 10), "https://example.org/x");
  EXPECT_EQ(lead(here, "/x", 10, 10), "too_many_redirects");
  EXPECT_EQ(lead(here, "/x", 0, 0), "too_many_redirects");
}

}  // namespace
}  // namespace gannet::fetch
