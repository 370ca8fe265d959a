#include "core/proxy.hpp"

#include <gtest/gtest.h>

namespace gannet {
namespace {

TEST(Proxy, IsReadAndWrittenAsAUrl) {
  const auto http = Proxy::parse("http://Proxy.Example:3128");
  ASSERT_TRUE(http);
  EXPECT_EQ(http->kind, Proxy::Kind::http);
  EXPECT_EQ(http->host, "proxy.example");
  EXPECT_EQ(http->port, 3128);
  EXPECT_EQ(http->text(), "http://proxy.example:3128");
  EXPECT_EQ(Proxy::parse("http://proxy.example:80/")->text(), "http://proxy.example:80");
  EXPECT_EQ(Proxy::parse("socks5://127.0.0.1:1080")->text(), "socks5://127.0.0.1:1080");
  EXPECT_EQ(Proxy::parse("socks5h://[2001:db8::1]:1080")->text(), "socks5://[2001:db8::1]:1080");
  EXPECT_EQ(Proxy::parse("direct")->text(), "direct");
}

TEST(Proxy, AnythingElseIsNone) {
  for (const char* text : {"", "proxy.example:3128", "http://proxy.example", "http://proxy.example:",
                           "http://[2001:db8::1]", "http://me:secret@proxy.example:3128", "https://proxy.example:3128",
                           "socks4://proxy.example:1080", "http://proxy.example:3128/path",
                           "http://proxy.example:3128?x", "http://proxy.example:70000", "http://:3128"}) {
    EXPECT_FALSE(Proxy::parse(text)) << text;
  }
}

TEST(Proxy, CredentialsGoIntoAHeaderAndNotIntoTheText) {
  auto proxy = *Proxy::parse("http://proxy.example:3128");
  proxy.authenticate({"/file", "Aladdin", "open sesame"});
  EXPECT_EQ(proxy.authorization, "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");  // RFC 7617's own example
  EXPECT_EQ(proxy.text(), "http://proxy.example:3128");
}

TEST(NoProxy, ItemsAreHostsDomainsBlocksOrAll) {
  EXPECT_EQ(normal_no_proxy("Example.ORG"), "example.org");
  EXPECT_EQ(normal_no_proxy(".Example.org"), ".example.org");
  EXPECT_EQ(normal_no_proxy("10.0.0.0/8"), "10.0.0.0/8");
  EXPECT_EQ(normal_no_proxy("*"), "*");
  for (const char* text : {"", ".", "*.example.org", "a b", "http://example.org", "10.0.0.0/99", ".*"}) {
    EXPECT_FALSE(normal_no_proxy(text)) << text;
  }
}

TEST(NoProxy, MeansTheHostsItSays) {
  EXPECT_TRUE(bypasses("example.org", "example.org"));
  EXPECT_FALSE(bypasses("example.org", "img.example.org"));
  EXPECT_TRUE(bypasses(".example.org", "example.org"));
  EXPECT_TRUE(bypasses(".example.org", "a.img.example.org"));
  EXPECT_FALSE(bypasses(".example.org", "badexample.org"));
  EXPECT_TRUE(bypasses("10.0.0.0/8", "10.1.2.3"));
  EXPECT_TRUE(bypasses("2001:db8::/32", "2001:db8::1"));
  EXPECT_FALSE(bypasses("10.0.0.0/8", "11.1.2.3"));
  EXPECT_FALSE(bypasses("10.0.0.0/8", "ten.example"));
  EXPECT_TRUE(bypasses("*", "anything"));
}

}  // namespace
}  // namespace gannet
