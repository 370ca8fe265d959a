#include "fetch/request.hpp"

#include <gtest/gtest.h>

namespace gannet::fetch {
namespace {

Request request_for(const std::string& url, const FetchSettings& settings) {
  return make_request(Url::parse(url).value(), settings);
}

TEST(UserAgent, SaysWhoWeAreAndHowToReachUs) {
  FetchSettings settings;
  EXPECT_EQ(user_agent(settings), "gannet/" GANNET_VERSION);
  settings.contact = "https://example.org/bot";
  EXPECT_EQ(user_agent(settings), "gannet/" GANNET_VERSION " (+https://example.org/bot)");
  settings.user_agent = "other/1";
  EXPECT_EQ(user_agent(settings), "other/1");
}

TEST(MakeRequest, TellsTheHostAsTheUrlHasItAndThePortUnlessItIsTheUsualOne) {
  FetchSettings settings;
  EXPECT_FALSE(request_for("http://example.org/a.jpg?x=1", settings).secure);
  EXPECT_EQ(request_for("http://example.org/a.jpg?x=1", settings).target, "/a.jpg?x=1");
  EXPECT_TRUE(request_for("https://example.org:8443/", settings).secure);
  EXPECT_EQ(request_for("https://example.org:8443/", settings).authority, "example.org:8443");
  EXPECT_EQ(request_for("https://[2001:db8::1]/", settings).authority, "[2001:db8::1]");
}

TEST(MakeRequest, HostsHaveHeadersOfTheirOwn) {
  FetchSettings settings;
  settings.user_agent = "agent/1";
  HostRule shop, below;
  shop.pattern = "img.shop.example";
  shop.referer = "https://shop.example/";
  shop.cookie = "a=1; b=2";
  below.pattern = "*.shop.example";
  below.user_agent = "browser/1";
  below.accept = "image/webp";
  settings.hosts = {shop, below};
  EXPECT_EQ(http1_text(request_for("https://img.shop.example/a.jpg", settings)),
            "GET /a.jpg HTTP/1.1\r\nHost: img.shop.example\r\nUser-Agent: browser/1\r\nAccept: image/webp\r\n"
            "Referer: https://shop.example/\r\nCookie: a=1; b=2\r\n\r\n");
  EXPECT_EQ(http1_text(request_for("https://shop.example/a.jpg", settings)),
            "GET /a.jpg HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: agent/1\r\nAccept: image/*,*/*;q=0.8\r\n\r\n");
}

TEST(Http1Text, IsTheWholeRequestAndNothingElse) {
  FetchSettings settings;
  settings.user_agent = "agent/1";
  EXPECT_EQ(http1_text(request_for("http://example.org:81/a.jpg", settings)),
            "GET /a.jpg HTTP/1.1\r\nHost: example.org:81\r\nUser-Agent: agent/1\r\nAccept: image/*,*/*;q=0.8\r\n\r\n");
}

}  // namespace
}  // namespace gannet::fetch
