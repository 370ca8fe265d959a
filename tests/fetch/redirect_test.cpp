#include "fetch/redirect.hpp"

#include <gtest/gtest.h>

namespace gannet::fetch {
namespace {

const Url here = *Url::parse("https://example.org/a/b?c=d");

ResponseHead to(std::string location) {
  ResponseHead head;
  head.status = 302;
  head.location = std::move(location);
  return head;
}

// Where the Location leads, or the reason why nowhere.
std::string lead(const Url& from, const std::string& location, unsigned most = 10) {
  const auto next = RedirectTrail(most).follow(from, to(location));
  return next ? next->text() : std::string(to_string(next.error().reason));
}

// The text of the last URL when these Locations come one after the other, or the fault.
std::string follow_all(const std::vector<std::string>& locations, unsigned most = 10) {
  RedirectTrail trail(most);
  Url url = here;
  for (const auto& location : locations) {
    const auto next = trail.follow(url, to(location));
    if (!next) return std::string(to_string(next.error().reason)) + ": " + next.error().detail;
    url = *next;
  }
  return url.text();
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
  EXPECT_EQ(lead(here, "/k\xc3\xa4\xe4"), "https://example.org/k%C3%A4%E4");
  EXPECT_EQ(lead(here, "\\\\other.org\\x"), "https://other.org/x");
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

TEST(Redirect, OfALongSchemeTheBeginningIsTold) {
  const auto told = follow_all({std::string(10'000, 'x') + ":y"});
  EXPECT_TRUE(told.starts_with("bad_redirect: to the scheme xxx")) << told;
  EXPECT_LT(told.size(), 200u);
}

TEST(Redirect, UnusableLocationsAreRefused) {
  for (const char* location :
       {"", "https://", "https://user:password@example.org/", "https://example.org:99999/", "https://exa mple.org/",
        "http://[::1/", "https:/x", "https:x", "https://@example.org/"}) {
    EXPECT_EQ(lead(here, location), "bad_redirect") << location;
  }
  EXPECT_EQ(lead(here, "/" + std::string(20000, 'x')), "bad_redirect");
}

TEST(Redirect, SeveralLocationsAreRefused) {
  auto head = to("/x");
  head.locations_differ = true;
  const auto next = RedirectTrail(10).follow(here, head);
  ASSERT_FALSE(next);
  EXPECT_EQ(next.error().reason, Reason::bad_redirect);
  EXPECT_EQ(next.error().detail, "several Locations");
}

TEST(Redirect, TooManyAreRefused) {
  EXPECT_EQ(follow_all({"/1", "/2", "/3"}, 3), "https://example.org/3");
  EXPECT_EQ(follow_all({"/1", "/2", "/3", "/4"}, 3), "too_many_redirects: more than 3");
  EXPECT_EQ(follow_all({"/1"}, 0), "too_many_redirects: more than 0");
}

TEST(Redirect, ALoopEndsAtOnce) {
  const std::string start = here.text();
  EXPECT_EQ(follow_all({start}), "too_many_redirects: a loop, back to " + start);
  EXPECT_EQ(follow_all({"#fragment"}), "too_many_redirects: a loop, back to " + start);
  EXPECT_EQ(follow_all({"/1", "/2", "/a/./b?c=d"}), "too_many_redirects: a loop, back to " + start);
  EXPECT_EQ(follow_all({"/1", "/2", "/1"}), "too_many_redirects: a loop, back to https://example.org/1");
  EXPECT_EQ(follow_all({"?1", "?2", "?3"}), "https://example.org/a/b?3") << "the query tells them apart";
}

}  // namespace
}  // namespace gannet::fetch
