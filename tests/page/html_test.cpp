#include "page/html.hpp"

#include <gtest/gtest.h>

namespace gannet::page {
namespace {

TEST(Html, EscapesWhatComesFromOutside) {
  Html out;
  out << "<b title=\""_html
      << R"(" onload='x' <script>&)"
      << "\">"_html
      << "</b><script>alert(1)</script>"
      << "</b>"_html;
  EXPECT_EQ(out.text(),
            "<b title=\"&quot; onload=&#39;x&#39; &lt;script&gt;&amp;\">"
            "&lt;/b&gt;&lt;script&gt;alert(1)&lt;/script&gt;</b>");
}

TEST(Html, ReplacesWhatHidesOrReordersText) {
  Html out;
  out << "a\xe2\x80\xae"
         "b\x1b"
         "c\n"
         "d\xff";
  EXPECT_EQ(out.text(),
            "a\xef\xbf\xbd"
            "b\xef\xbf\xbd"
            "c\xef\xbf\xbd"
            "d\xef\xbf\xbd");
}

TEST(Html, WritesNumbersWithoutZerosThatSayNothing) {
  Html out;
  out << 12.0 << " "_html << 0.5 << " "_html << 1.0 / 3 << " "_html << 100.0 << " "_html << 0.0 << " "_html << 42u;
  EXPECT_EQ(out.text(), "12 0.5 0.33 100 0 42");
}

TEST(Html, WritesBase64) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("a"), "YQ==");
  EXPECT_EQ(base64("abc"), "YWJj");
  EXPECT_EQ(base64(std::string_view("\0\xff", 2)), "AP8=");
}

}  // namespace
}  // namespace gannet::page
