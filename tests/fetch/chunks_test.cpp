#include <gtest/gtest.h>

#include <string>

#include "fetch/chunk_decoder.hpp"

namespace gannet::fetch {
namespace {

// Feeds chunked bytes in pieces, as the reader of a connection would.
class Chunked {
 public:
  explicit Chunked(std::uint64_t most_header = 10000) : decoder_(most_header) {}

  /// "more", "complete", or the fault.
  std::string feed(std::string_view bytes) {
    while (!bytes.empty() && !decoder_.complete()) {
      const auto piece = decoder_.next(bytes);
      if (!piece) return std::string(to_string(piece.error().reason));
      body_ += *piece;
    }
    left_ = bytes;
    return decoder_.complete() ? "complete" : "more";
  }

  const std::string& body() const { return body_; }
  std::string_view left() const { return left_; }
  std::uint64_t missing() const { return decoder_.missing(); }

 private:
  ChunkDecoder decoder_;
  std::string body_;
  std::string_view left_;
};

const std::string_view example =
    "5\r\nhello\r\n1;name=value;flag;quoted=\"a;b\"\r\n,\r\n0006\r\n world\r\n0;last\r\nTrailer: x\r\nLocation: "
    "/y\r\n\r\n";

TEST(Chunks, DecodeToTheBody) {
  Chunked chunked;
  EXPECT_EQ(chunked.feed(example), "complete");
  EXPECT_EQ(chunked.body(), "hello, world");
  EXPECT_EQ(chunked.left(), "");
}

TEST(Chunks, DecodeTheSameWhereverTheyAreSplit) {
  for (std::size_t split = 1; split < example.size(); ++split) {
    Chunked chunked;
    EXPECT_EQ(chunked.feed(example.substr(0, split)), "more") << split;
    EXPECT_EQ(chunked.feed(example.substr(split)), "complete") << split;
    EXPECT_EQ(chunked.body(), "hello, world") << split;
  }
}

TEST(Chunks, DecodeByteByByte) {
  Chunked chunked;
  for (const char byte : example.substr(0, example.size() - 1)) ASSERT_EQ(chunked.feed({&byte, 1}), "more");
  EXPECT_EQ(chunked.feed(example.substr(example.size() - 1)), "complete");
  EXPECT_EQ(chunked.body(), "hello, world");
}

TEST(Chunks, LinesMayEndInALoneLineFeed) {
  Chunked chunked;
  EXPECT_EQ(chunked.feed("5\nhello\n1;a=b\n!\r\n0\nT: x\n\n"), "complete");
  EXPECT_EQ(chunked.body(), "hello!");
}

TEST(Chunks, SizesHaveZerosInFrontBlanksBehindAndEitherCase) {
  for (const char* size : {"1a", "1A", "000000000000001a", "1a ", "1a \t ", "1a ;x"}) {
    Chunked chunked;
    EXPECT_EQ(chunked.feed(std::string(size) + "\r\n" + std::string(26, 'x') + "\r\n0\r\n\r\n"), "complete") << size;
    EXPECT_EQ(chunked.body(), std::string(26, 'x'));
  }
}

TEST(Chunks, WhatFollowsTheLastOneIsLeft) {
  Chunked chunked;
  EXPECT_EQ(chunked.feed("1\r\nx\r\n0\r\n\r\nHTTP/1.1"), "complete");
  EXPECT_EQ(chunked.left(), "HTTP/1.1");
}

TEST(Chunks, WithoutAnyAreAnEmptyBody) {
  Chunked chunked;
  EXPECT_EQ(chunked.feed("0\r\n\r\n"), "complete");
  EXPECT_EQ(chunked.body(), "");
}

TEST(Chunks, ASizeIsKnownBeforeItsBytesArrive) {
  Chunked chunked;
  EXPECT_EQ(chunked.feed("7fffffffffffffff\r\n"), "more");
  EXPECT_EQ(chunked.missing(), 0x7fffffffffffffffu);
}

TEST(Chunks, EndlessHeadersAndTrailersAreBad) {
  EXPECT_EQ(Chunked(1000).feed("1;" + std::string(900, 'x') + "\r\nx\r\n0\r\n\r\n"), "complete");
  EXPECT_EQ(Chunked(1000).feed("1;" + std::string(1000, 'x')), "bad_response");
  EXPECT_EQ(Chunked(1000).feed("1" + std::string(1000, ' ')), "bad_response");
  std::string trailers;
  while (trailers.size() < 1000) trailers += "X: y\r\n";
  EXPECT_EQ(Chunked(1000).feed("0\r\n" + trailers), "bad_response");
}

TEST(Chunks, ThatAreNoneAreBad) {
  for (const char* bytes : {"x\r\n", "\r\n", "\n", "-1\r\n", "+1\r\n", "0x1\r\n", " 1\r\n", ";\r\n", "1 x\r\n",
                            "1,\r\n", "10000000000000000\r\n", "1\r\nxy\r\n", "1\r\nx0\r\n", "1\r\nx\rx", "1\r\nx\n",
                            "6\r\nhello\r\n", "1\rx", "1;a\rb\r\n", "0\r\n\rx"}) {
    EXPECT_EQ(Chunked().feed(bytes), "bad_response") << bytes;
  }
}

}  // namespace
}  // namespace gannet::fetch
