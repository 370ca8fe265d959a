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

TEST(MakeRequest, AsksOnlyForWhatIsAnotherThanWhatIsKnown) {
  FetchSettings settings;
  const auto url = Url::parse("http://example.org/a").value();
  const auto conditions = [&](Validators known) {
    const auto text = http1_text(make_request(url, settings, nullptr, &known));
    const auto at = text.find("If-");
    return at == std::string::npos ? std::string() : text.substr(at);
  };
  EXPECT_EQ(conditions({"\"a\"", "then"}), "If-None-Match: \"a\"\r\nIf-Modified-Since: then\r\n\r\n");
  EXPECT_EQ(conditions({"\"a\"", ""}), "If-None-Match: \"a\"\r\n\r\n");
  EXPECT_EQ(conditions({"", "then"}), "If-Modified-Since: then\r\n\r\n");
  EXPECT_EQ(conditions({}), "");
}

TEST(MakeRequest, AListHasHeadersOfItsOwnThatCountMoreThanThoseOfAllAndLessThanAHosts) {
  FetchSettings settings;
  settings.user_agent = "agent/1";
  settings.accept_header = "image/*";
  settings.referer = "https://all.example/";
  JobOptions list;
  list.user_agent = "list/1";
  list.referer = "https://list.example/";
  HostRule own;
  own.pattern = "own.example";
  own.user_agent = "own/1";
  own.referer = "";
  settings.hosts = {own};
  const auto text = [&](const std::string& url, const JobOptions* options) {
    const auto request = make_request(Url::parse(url).value(), settings, options);
    return http1_text(request).substr(std::string("GET / HTTP/1.1\r\nHost: ").size());
  };
  EXPECT_EQ(text("http://a.example/", nullptr),
            "a.example\r\nUser-Agent: agent/1\r\nAccept: image/*\r\nReferer: https://all.example/\r\n\r\n");
  EXPECT_EQ(text("http://a.example/", &list),
            "a.example\r\nUser-Agent: list/1\r\nAccept: image/*\r\nReferer: https://list.example/\r\n\r\n");
  EXPECT_EQ(text("http://own.example/", &list), "own.example\r\nUser-Agent: own/1\r\nAccept: image/*\r\n\r\n");
  list.user_agent = list.referer = "";
  list.accept_header = "image/webp";
  EXPECT_EQ(text("http://a.example/", &list),
            "a.example\r\nUser-Agent: agent/1\r\nAccept: image/webp\r\nReferer: https://all.example/\r\n\r\n");
}

TEST(MakeRequest, AHostMayHaveNoneOfTheHeadersOfAll) {
  FetchSettings settings;
  settings.user_agent = "agent/1";
  HostRule plain, all;
  plain.pattern = "plain.example";
  plain.user_agent = plain.accept = plain.referer = plain.cookie = "";
  all.pattern = "*";
  all.user_agent = all.accept = all.referer = all.cookie = "other";
  settings.hosts = {plain, all};
  EXPECT_EQ(http1_text(request_for("https://plain.example/", settings)),
            "GET / HTTP/1.1\r\nHost: plain.example\r\nUser-Agent: agent/1\r\nAccept: image/*,*/*;q=0.8\r\n\r\n");
}

TEST(MakeRequest, PlainTargetsAreAskedForAtAnHttpProxyWithTheWholeUrl) {
  FetchSettings settings;
  settings.user_agent = "agent/1";
  settings.proxy = Proxy::parse("http://proxy.example:3128");
  settings.proxy->authenticate({{}, "me", "secret"});
  settings.no_proxy = {"inside.example"};
  EXPECT_EQ(http1_text(request_for("http://example.org:8080/a.jpg", settings)),
            "GET http://example.org:8080/a.jpg HTTP/1.1\r\nHost: example.org:8080\r\nUser-Agent: agent/1\r\n"
            "Accept: image/*,*/*;q=0.8\r\nProxy-Authorization: Basic bWU6c2VjcmV0\r\n\r\n");
  // Everybody else must not see who we are to the proxy.
  for (const char* url : {"https://example.org/a.jpg", "http://inside.example/a.jpg"}) {
    const auto text = http1_text(request_for(url, settings));
    EXPECT_EQ(text.find("GET /a.jpg HTTP/1.1"), 0u) << text;
    EXPECT_EQ(text.find("Proxy"), std::string::npos) << text;
  }
  settings.proxy->kind = Proxy::Kind::socks5;
  EXPECT_EQ(http1_text(request_for("http://example.org/a.jpg", settings)).find("GET /a.jpg HTTP/1.1"), 0u);
}

TEST(ConnectionKey, PlainTargetsBehindAnHttpProxyShareItsConnections) {
  FetchSettings settings;
  const auto key = [&](const char* url) { return connection_key(Url::parse(url).value(), settings); };
  EXPECT_NE(key("http://a.example/"), key("http://b.example/"));
  settings.proxy = Proxy::parse("http://proxy.example:3128");
  settings.no_proxy = {"inside.example"};
  EXPECT_EQ(key("http://a.example/"), key("http://b.example/"));
  EXPECT_NE(key("http://a.example/"), key("https://a.example/"));
  EXPECT_NE(key("https://a.example/"), key("https://b.example/"));
  EXPECT_NE(key("http://a.example/"), key("http://inside.example/"));
  settings.proxy = Proxy::parse("socks5://proxy.example:1080");
  EXPECT_NE(key("http://a.example/"), key("http://b.example/"));
}

TEST(Http1Text, IsTheWholeRequestAndNothingElse) {
  FetchSettings settings;
  settings.user_agent = "agent/1";
  EXPECT_EQ(http1_text(request_for("http://example.org:81/a.jpg", settings)),
            "GET /a.jpg HTTP/1.1\r\nHost: example.org:81\r\nUser-Agent: agent/1\r\nAccept: image/*,*/*;q=0.8\r\n\r\n");
}

}  // namespace
}  // namespace gannet::fetch
