// URLs as people write them, each with what is made of it. The first table is what the WHATWG URL standard makes of
// them too; the second is where we differ, and docs/http.md says why.
#include <gtest/gtest.h>

#include "core/url.hpp"

namespace gannet {
namespace {

struct Spelling {
  std::string_view written;
  std::string_view read;
};

constexpr Spelling as_browsers_do[] = {
    // around and inside
    {"  http://example.org/a  ", "http://example.org/a"},
    {"\x01\x1fhttp://example.org/a\x02\n", "http://example.org/a"},
    {"ht\ntp://exam\tple.org/a\r\nb", "http://example.org/ab"},
    {"http://example.org/a b", "http://example.org/a%20b"},
    {"http://example.org/a?b c", "http://example.org/a?b%20c"},
    {"http://example.org/\x01", "http://example.org/"},
    {"http://example.org/\x01z\x7f", "http://example.org/%01z%7F"},
    // scheme and slashes
    {"HTTP://EXAMPLE.ORG/A", "http://example.org/A"},
    {"hTtPs://example.org", "https://example.org/"},
    {"http:example.org/a", "http://example.org/a"},
    {"http:/example.org/a", "http://example.org/a"},
    {"http:///example.org/a", "http://example.org/a"},
    {"https://////example.org/a", "https://example.org/a"},
    {"http:\\\\example.org\\a", "http://example.org/a"},
    {"http:/\\example.org/a", "http://example.org/a"},
    {"http://example.org\\a\\b?c", "http://example.org/a/b?c"},
    {"http://example.com\\@example.org/", "http://example.com/@example.org/"},
    {"http://http://example.org/a", "http://http//example.org/a"},
    {"http://", "bad_url"},
    {"http:", "bad_url"},
    {"http:///", "bad_url"},
    {"http://?a", "bad_url"},
    {"http://#a", "bad_url"},
    {"example.org/a", "bad_url"},
    {"//example.org/a", "bad_url"},
    {"/a", "bad_url"},
    {"ftp://example.org/a", "unsupported_scheme"},
    {"httpx://example.org/a", "unsupported_scheme"},
    {"file:///a", "unsupported_scheme"},
    {"data:image/png;base64,AAAA", "unsupported_scheme"},
    {"C:\\pictures\\a.jpg", "unsupported_scheme"},
    // host
    {"http://b\u00fccher.example/", "http://xn--bcher-kva.example/"},
    {"http://b%C3%BCcher.example/", "http://xn--bcher-kva.example/"},
    {"http://fa\u00df.example/", "http://xn--fa-hia.example/"},
    {"http://\u4f8b\u3048.\u30c6\u30b9\u30c8/", "http://xn--r8jz45g.xn--zckzah/"},
    {"http://\U0001f4a9.la/", "http://xn--ls8h.la/"},
    {"http://ex%61mple.org/", "http://example.org/"},
    {"http://ex%41mple.org/", "http://example.org/"},
    {"http://my_cats.example.org/", "http://my_cats.example.org/"},
    {"http://example\u3002org/", "http://example.org/"},
    {"http://\uff45xample.org/", "http://example.org/"},
    {"http://exa mple.org/", "bad_url"},
    {"http://exa%20mple.org/", "bad_url"},
    {"http://exa%2Fmple.org/", "bad_url"},
    {"http://exa%00mple.org/", "bad_url"},
    {"http://exa%mple.org/", "bad_url"},
    {"http://exa<mple.org/", "bad_url"},
    {"http://exa|mple.org/", "bad_url"},
    {"http://exa^mple.org/", "bad_url"},
    {"http://exa\uff0fmple.org/", "bad_url"},
    {"http://\ufffd.org/", "bad_url"},
    // IPv4
    {"http://127.1/", "http://127.0.0.1/"},
    {"http://0177.0.0.01/", "http://127.0.0.1/"},
    {"http://0x7f.0.0x1/", "http://127.0.0.1/"},
    {"http://2130706433/", "http://127.0.0.1/"},
    {"http://127.0.0.1./", "http://127.0.0.1/"},
    {"http://%31%32%37.1/", "http://127.0.0.1/"},
    {"http://\uff11\uff12\uff17\u30021/", "http://127.0.0.1/"},
    {"http://0x/", "http://0.0.0.0/"},
    {"http://256.1.1.1/", "bad_url"},
    {"http://4294967296/", "bad_url"},
    {"http://1.2.3.4.5/", "bad_url"},
    {"http://1.2.3.08/", "bad_url"},
    {"http://example.0x4/", "bad_url"},
    // IPv6
    {"http://[2001:DB8:0:0:0:0:0:1]/", "http://[2001:db8::1]/"},
    {"http://[2001:db8:0:0:1:0:0:1]/", "http://[2001:db8::1:0:0:1]/"},
    {"http://[2001:db8:0:1:1:1:1:1]/", "http://[2001:db8:0:1:1:1:1:1]/"},
    {"http://[::]:81/", "http://[::]:81/"},
    {"http://[::1%25eth0]/", "bad_url"},
    {"http://[::1%eth0]/", "bad_url"},
    {"http://[%31::1]/", "bad_url"},
    {"http://[::1/", "bad_url"},
    {"http://[::1]x/", "bad_url"},
    {"http://[1.2.3.4]/", "bad_url"},
    {"http://[1:2:3]/", "bad_url"},
    {"http://::1/", "bad_url"},
    // port
    {"http://example.org:/", "http://example.org/"},
    {"http://example.org:80/", "http://example.org/"},
    {"http://example.org:00081/", "http://example.org:81/"},
    {"https://example.org:80/", "https://example.org:80/"},
    {"http://example.org:65536/", "bad_url"},
    {"http://example.org:8a/", "bad_url"},
    {"http://example.org:+80/", "bad_url"},
    {"http://example.org:80:80/", "bad_url"},
    {"http://:80/", "bad_url"},
    // path
    {"http://example.org", "http://example.org/"},
    {"http://example.org?a", "http://example.org/?a"},
    {"http://example.org/a/./b/../c", "http://example.org/a/c"},
    {"http://example.org/a/%2e/b/%2E%2e/c", "http://example.org/a/c"},
    {"http://example.org/a/.%2e/%2e.", "http://example.org/"},
    {"http://example.org/../../a", "http://example.org/a"},
    {"http://example.org/a/..", "http://example.org/"},
    {"http://example.org/a/b/.", "http://example.org/a/b/"},
    {"http://example.org/a//../b", "http://example.org/a/b"},
    {"http://example.org/..//a", "http://example.org//a"},
    {"http://example.org/.../..a/a..", "http://example.org/.../..a/a.."},
    {"http://example.org\\a\\..\\b", "http://example.org/b"},
    {"http://example.org/a%2F..%2Fb", "http://example.org/a%2F..%2Fb"},
    {"http://example.org/%7Ea%41", "http://example.org/%7Ea%41"},
    {"http://example.org/\u732b.jpg", "http://example.org/%E7%8C%AB.jpg"},
    {"http://example.org/\"<>`{}", "http://example.org/%22%3C%3E%60%7B%7D"},
    {"http://example.org/a:b@c;d=e,f!g*h'(i)", "http://example.org/a:b@c;d=e,f!g*h'(i)"},
    // query and fragment
    {"http://example.org/?", "http://example.org/?"},
    {"http://example.org/a?../b?c", "http://example.org/a?../b?c"},
    {"http://example.org/?\u00e4", "http://example.org/?%C3%A4"},
    {"http://example.org/a#b?c", "http://example.org/a"},
    {"http://example.org/a?b#c#d", "http://example.org/a?b"},
};

constexpr Spelling as_we_do[] = {
    {"http://user@example.org/", "bad_url"},
    {"http://user:secret@example.org/", "bad_url"},
    {"http://@example.org/", "bad_url"},
    {"example.org:8080/a", "bad_url"},
    {"localhost:8080/a", "bad_url"},
    {"http://example.org:0/", "bad_url"},
    {"http://example.org./", "http://example.org/"},
    {"http://a..example.org/", "bad_url"},
    {"http://a,b.example.org/", "bad_url"},
    {"http://a'b.example.org/", "bad_url"},
    {"http://ab--\u00fc.example/", "bad_url"},
    {"http://xn--a.example/", "http://xn--a.example/"},
    {"http://[::ffff:203.0.113.9]/", "http://[::ffff:203.0.113.9]/"},
    {"http://example.org/100%", "http://example.org/100%25"},
    {"http://example.org/%zz?%4", "http://example.org/%25zz?%254"},
    {"http://example.org/^|[1]", "http://example.org/%5E%7C%5B1%5D"},
    {"http://example.org/?^|[1]`{}\\", "http://example.org/?%5E%7C%5B1%5D%60%7B%7D%5C"},
    {"http://example.org/?it's", "http://example.org/?it's"},
    {"http://example.org/\xe4", "http://example.org/%E4"},
};

std::string read(std::string_view written) {
  const auto url = Url::parse(written);
  return url ? url->text() : std::string(to_string(url.error().reason));
}

TEST(UrlSpellings, AreReadAsBrowsersReadThem) {
  for (const auto& spelling : as_browsers_do) EXPECT_EQ(read(spelling.written), spelling.read) << spelling.written;
}

TEST(UrlSpellings, AreReadInOurWayWhereThatIsSafer) {
  for (const auto& spelling : as_we_do) EXPECT_EQ(read(spelling.written), spelling.read) << spelling.written;
}

}  // namespace
}  // namespace gannet
