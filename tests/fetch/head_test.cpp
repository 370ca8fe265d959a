// Where the head of a response ends, and what it says.
#include <gtest/gtest.h>

#include "fetch/response_parser.hpp"

namespace gannet::fetch {
namespace {

Result<ResponseHead> parse(std::string_view text) { return parse_head(text); }

// The head of a 200 with these header lines.
Result<ResponseHead> with(const std::string& lines) { return parse("HTTP/1.1 200 OK\r\n" + lines + "\r\n"); }

std::string verdict(const Result<ResponseHead>& head) {
  return head ? "ok" : std::string(to_string(head.error().reason));
}

TEST(HeadLength, EndsWithTheBlankLineHoweverLinesEnd) {
  for (const std::string head :
       {"HTTP/1.1 200 OK\r\nA: b\r\n\r\n", "HTTP/1.1 200 OK\nA: b\n\n", "HTTP/1.1 200 OK\r\nA: b\n\r\n",
        "HTTP/1.1 200 OK\nA: b\r\n\n", "HTTP/1.1 200 OK\r\r\nA: b\r\r\n\r\r\n", "HTTP/1.1 200 OK\nA: b\n\r\r\r\r\n"}) {
    EXPECT_EQ(head_length(head + "body\r\n\r\n", 0), head.size()) << head;
    EXPECT_EQ(head_length(head, 0), head.size()) << head;
  }
}

TEST(HeadLength, IsFoundWhereverTheBytesAreSplit) {
  for (const std::string head :
       {"HTTP/1.1 200 OK\r\nA: b\r\n\r\n", "HTTP/1.1 200 OK\nA: b\n\n", "HTTP/1.1 200 OK\r\nA: b\n\r\n",
        "HTTP/1.1 200 OK\nA: b\r\n\n", "HTTP/1.1 200 OK\r\r\nA: b\r\r\n\r\r\n", "HTTP/1.1 200 OK\nA: b\n\r\r\r\r\n"}) {
    for (std::size_t split = 0; split < head.size(); ++split) {
      EXPECT_EQ(head_length(head.substr(0, split), 0), std::nullopt) << split << ' ' << head;
      EXPECT_EQ(head_length(head, split), head.size()) << split << ' ' << head;
    }
  }
}

TEST(HeadLength, ALoneCarriageReturnIsNoLineEnd) {
  EXPECT_EQ(head_length("HTTP/1.1 200 OK\r\r\nA: b\r\n", 0), std::nullopt);
  EXPECT_EQ(head_length("HTTP/1.1 200 OK\r\n\r\rA: b\r\n", 0), std::nullopt);
}

TEST(MayBeHttp, HoldsForEveryStartOfAStatusLine) {
  const std::string_view line = "HTTP/1.1 200 OK";
  for (std::size_t size = 0; size <= line.size(); ++size) EXPECT_TRUE(may_be_http(line.substr(0, size))) << size;
  for (const char* other : {"x", "HTTX", "HTTP/2", "<html>", "ICY 200 OK", " HTTP/1.1", "\r\nHTTP/1.1", "\x16\x03"}) {
    EXPECT_FALSE(may_be_http(other)) << other;
  }
}

TEST(ResponseHead, TellsWhatFetchingActsOn) {
  const auto head = with(
      "Content-Length: 5\r\nLocation: /there\r\nRETRY-AFTER: 7\r\ncontent-type: image/png\r\nContent-Encoding: gzip\r\n"
      "X-Robots-Tag: noai\r\nx-robots-tag: other: noindex\r\nTDM-Reservation: 1\r\nKeep-Alive: timeout=5, "
      "max=100\r\nUnknown: x\r\n");
  ASSERT_EQ(verdict(head), "ok");
  EXPECT_EQ(head->status, 200u);
  EXPECT_TRUE(head->keep_alive);
  EXPECT_EQ(head->framing, Framing::length);
  EXPECT_EQ(head->length, 5u);
  EXPECT_EQ(head->location, "/there");
  EXPECT_EQ(head->retry_after, "7");
  EXPECT_EQ(head->content_type, "image/png");
  EXPECT_EQ(head->content_encoding, "gzip");
  EXPECT_EQ(head->robots_tags, (std::vector<std::string>{"noai", "other: noindex"}));
  EXPECT_TRUE(head->tdm_reserved);
  EXPECT_EQ(head->keep_alive_timeout, 5s);
}

TEST(ResponseHead, FramingIsLengthChunkedOrUntilClose) {
  EXPECT_EQ(with("Content-Length: 0\r\n")->framing, Framing::length);
  EXPECT_EQ(with("Transfer-Encoding: chunked\r\n")->framing, Framing::chunked);
  EXPECT_EQ(with("Transfer-Encoding: Chunked\r\n")->framing, Framing::chunked);
  const auto endless = with("");
  EXPECT_EQ(endless->framing, Framing::until_close);
  EXPECT_FALSE(endless->keep_alive);
}

TEST(ResponseHead, StatusesWithoutBodyHaveNoFraming) {
  for (const char* status : {"100", "103", "204", "304"}) {
    for (const char* lines : {"", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n"}) {
      const auto head = parse("HTTP/1.1 " + std::string(status) + " X\r\n" + lines + "\r\n");
      ASSERT_EQ(verdict(head), "ok") << status << lines;
      EXPECT_EQ(head->framing, Framing::none) << status << lines;
    }
  }
}

TEST(ResponseHead, KeepAliveFollowsVersionAndConnection) {
  const auto kept = [](const char* version, const char* line) {
    return parse(std::string(version) + " 200 OK\r\nContent-Length: 1\r\n" + line + "\r\n")->keep_alive;
  };
  EXPECT_TRUE(kept("HTTP/1.1", ""));
  EXPECT_FALSE(kept("HTTP/1.1", "Connection: close\r\n"));
  EXPECT_FALSE(kept("HTTP/1.0", ""));
  EXPECT_TRUE(kept("HTTP/1.0", "Connection: keep-alive\r\n"));
}

TEST(ResponseHead, StatusLinesAsServersReallyWriteThem) {
  for (const char* line : {"HTTP/1.1 404 Not Found\r\n", "HTTP/1.1 404 \r\n", "HTTP/1.1 404\r\n", "HTTP/1.0 404 x\r\n",
                           "http/1.1 404 x\r\n", "HTTP/1.1  404 x\r\n", "HTTP/1.1 404x\r\n", "HTTP/1.1 404\n",
                           "HTTP/1.1 404 Nicht gefunden \xc3\xbc\r\n"}) {
    const auto head = parse(std::string(line) + "\r\n");
    ASSERT_EQ(verdict(head), "ok") << line;
    EXPECT_EQ(head->status, 404u) << line;
  }
}

TEST(ResponseHead, StatusLinesThatAreNoneAreBad) {
  for (const char* line : {"HTTP/1.1\r\n", "HTTP/1.1 \r\n", "HTTP/1.1 20\r\n", "HTTP/1.1 2000 OK\r\n",
                           "HTTP/1.1 -20 OK\r\n", "HTTP/1.1 2x0 OK\r\n", "HTTP/1.9 200 OK\r\n", "HTTP/1.1 000 OK\r\n",
                           "HTTP/1.1 099 OK\r\n", "\r\n", "GET / HTTP/1.1\r\n"}) {
    EXPECT_EQ(verdict(parse(std::string(line) + "\r\n")), "bad_response") << line;
  }
}

TEST(ResponseHead, LoneLineFeedsAndFoldedLinesAreRead) {
  const auto head = parse("HTTP/1.1 200 OK\nContent-Length: 5\nContent-Type: image/png;\n\tq=1\n\n");
  ASSERT_EQ(verdict(head), "ok");
  EXPECT_EQ(head->length, 5u);
  EXPECT_EQ(head->content_type, "image/png; q=1");
}

TEST(ResponseHead, HeadersWithForeignNamesAreDroppedWithTheirContinuation) {
  const auto head = with(
      "Gr\xc3\xb6\xc3\x9f"
      "e: 1\r\n Location: /no\r\nLocation: /yes\r\n");
  ASSERT_EQ(verdict(head), "ok");
  EXPECT_EQ(head->location, "/yes");
}

TEST(ResponseHead, TellsWhenLocationsDiffer) {
  const auto differ = with("Location: /first\r\nLocation: /second\r\n");
  EXPECT_EQ(differ->location, "/first");
  EXPECT_TRUE(differ->locations_differ);
  const auto same = with("Location: /same\r\nX: y\r\nLocation: /same\r\n");
  EXPECT_EQ(same->location, "/same");
  EXPECT_FALSE(same->locations_differ);
  const auto empty = with("Location: \r\nLocation: /x\r\n");
  EXPECT_EQ(empty->location, "/x");
  EXPECT_FALSE(empty->locations_differ);
}

TEST(ResponseHead, IdenticalLengthsAreOne) {
  for (const char* lines : {"Content-Length: 5\r\nContent-Length: 5\r\n", "Content-Length: 5, 5\r\n"}) {
    const auto head = with(lines);
    ASSERT_EQ(verdict(head), "ok") << lines;
    EXPECT_EQ(head->length, 5u) << lines;
  }
}

TEST(ResponseHead, LargestLengthIsRead) {
  EXPECT_EQ(with("Content-Length: 9223372036854775807\r\n")->length, 0x7fffffffffffffffu);
}

TEST(ResponseHead, FramingThatCanBeReadInTwoWaysIsBad) {
  for (const char* lines : {"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                            "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
                            "Content-Length: 5\r\nContent-Length: 6\r\n",
                            "Content-Length: 5, 6\r\n",
                            "Content-Length: -5\r\n",
                            "Content-Length: +5\r\n",
                            "Content-Length: 5x\r\n",
                            "Content-Length: 0x5\r\n",
                            "Content-Length: 5 5\r\n",
                            "Content-Length:\r\n",
                            "Content-Length: 18446744073709551616\r\n",
                            "Content-Length: 99999999999999999999999\r\n",
                            "Transfer-Encoding: gzip\r\n",
                            "Transfer-Encoding: identity\r\n",
                            "Transfer-Encoding:\r\n",
                            "Transfer-Encoding: gzip, chunked\r\n",
                            "Transfer-Encoding: chunked, gzip\r\n",
                            "Transfer-Encoding: chunked, chunked\r\n",
                            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                            "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n",
                            "Transfer-Encoding: xchunked\r\n"}) {
    EXPECT_EQ(verdict(with(lines)), "bad_response") << lines;
  }
}

TEST(ResponseHead, HeadersThatAreNoneAreBad) {
  using namespace std::string_literals;
  for (const auto& lines :
       {"A: b\0c\r\n"s, "Content-Length : 5\r\n"s, "Transfer-Encoding\t: chunked\r\n"s, "no colon\r\n"s,
        " Folded: behind nothing\r\n"s, "A: b\rContent-Length: 5\r\n"s, "A\r: b\r\n"s}) {
    EXPECT_EQ(verdict(with(lines)), "bad_response") << lines;
  }
}

TEST(ResponseHead, LinesThatMeanNothingAreSkipped) {
  for (const char* line : {": no name", "A b: c", "A: b\x01", "Gr\xc3\xb6\xc3\x9f: 1", ":", "(): x", "A: b\r"}) {
    const auto head = with(std::string(line) + "\r\nLocation: /yes\r\n");
    ASSERT_EQ(verdict(head), "ok") << line;
    EXPECT_EQ(head->location, "/yes") << line;
  }
}

TEST(ResponseHead, ABlankBeforeTheColonIsNoPartOfTheName) {
  EXPECT_EQ(with("Location : /there\r\n")->location, "/there");
}

TEST(ResponseHead, FieldsMayGoOnOverSeveralLines) {
  const auto head =
      with("Location:\r\n /there\r\nX: y\r\n\tz\r\nContent-Length:\n 5\r\nContent-Encoding: gzip\r\n ,br\r\n");
  ASSERT_EQ(verdict(head), "ok");
  EXPECT_EQ(head->location, "/there");
  EXPECT_EQ(head->length, 5u);
  EXPECT_EQ(head->content_encoding, "gzip ,br");
}

TEST(ResponseHead, SeveralContentEncodingsAreOneList) {
  EXPECT_EQ(with("Content-Encoding: gzip\r\ncontent-encoding: br\r\n")->content_encoding, "gzip, br");
}

TEST(ResponseHead, CloseWinsOverKeepAlive) {
  for (const char* line : {"Connection: close, keep-alive\r\n", "Connection: Keep-Alive\r\nConnection: CLOSE\r\n"}) {
    EXPECT_FALSE(with("Content-Length: 1\r\n" + std::string(line))->keep_alive) << line;
  }
}

TEST(ResponseHead, ChunkedByHttp10IsReadAndTheConnectionNotReused) {
  const auto head = parse("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n");
  ASSERT_EQ(verdict(head), "ok");
  EXPECT_EQ(head->framing, Framing::chunked);
  EXPECT_FALSE(head->keep_alive);
}

TEST(ResponseHead, KeepAliveTimeoutsThatAreNoneAreIgnored) {
  for (const char* value : {"max=5", "timeout=", "timeout=-1", "timeout=99999999999999", "timeout=x"}) {
    const auto head = with("Keep-Alive: " + std::string(value) + "\r\n");
    ASSERT_EQ(verdict(head), "ok") << value;
    EXPECT_EQ(head->keep_alive_timeout, std::nullopt) << value;
  }
}

TEST(ParseHead, KeepsOnlyValidatorsThatMayBeSentBack) {
  const auto head = with("ETag: W/\"1\"\r\nLast-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
  ASSERT_TRUE(head);
  EXPECT_EQ(head->validators.etag, "W/\"1\"");
  EXPECT_EQ(head->validators.last_modified, "Sun, 06 Nov 1994 08:49:37 GMT");
  const auto bad = with("ETag: *\r\nLast-Modified: \x80\r\n");
  ASSERT_TRUE(bad);
  EXPECT_EQ(bad->validators, Validators{});
}

}  // namespace
}  // namespace gannet::fetch
