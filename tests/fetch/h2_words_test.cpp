#include "fetch/h2_words.hpp"

#include <gtest/gtest.h>
#include <nghttp2/nghttp2.h>

namespace gannet::fetch {
namespace {

TEST(H2Words, EveryCodeHasItsNameAndAMeaning) {
  for (std::uint32_t code = NGHTTP2_NO_ERROR; code <= NGHTTP2_HTTP_1_1_REQUIRED; ++code) {
    const auto told = told_by_server(code);
    EXPECT_TRUE(told.starts_with(std::string(nghttp2_http2_strerror(code)) + " (")) << told;
    EXPECT_NE(broke_rules(code, "").find(nghttp2_http2_strerror(code)), std::string::npos);
  }
  EXPECT_EQ(told_by_server(14), "the unknown code 14");
  EXPECT_EQ(broke_rules(0xffffffff, ""), "the server broke the rules of HTTP/2: the unknown code 4294967295");
}

TEST(H2Words, TheReasonComesBeforeTheCode) {
  EXPECT_EQ(broke_rules(1, "DATA: stream_id == 0"),
            "the server broke the rules of HTTP/2: DATA: stream_id == 0 (PROTOCOL_ERROR)");
}

TEST(H2Words, OfAComplaintAboutAFieldTheFieldIsShown) {
  const std::string start = "Invalid HTTP header field was received: frame type: 1, stream: 1, name: [";
  const std::string said = "the server broke the rules of HTTP/2: a header field that may not stand there, '";
  EXPECT_EQ(broke_rules_by_field(start + "a], value: [b]]"), said + "a: b]'");
  EXPECT_EQ(broke_rules_by_field(start + "x\n\xff], value: []"), said + "x?\xef\xbf\xbd: '");
  EXPECT_LT(broke_rules_by_field(start + "a], value: [" + std::string(9000, 'x') + "]").size(), 200u);
  EXPECT_EQ(broke_rules_by_field("another phrase"), "the server broke the rules of HTTP/2: another phrase");
}

}  // namespace
}  // namespace gannet::fetch
