#include <gtest/gtest.h>

#include <memory>

#include "fetch/response_parser.hpp"

namespace gannet::fetch {
namespace {

constexpr std::uint64_t plenty = 1 << 20;

// Feeds chunked bytes in pieces, as the reader of a connection would.
class Chunked {
 public:
  explicit Chunked(std::uint64_t most = plenty) : most_(most) {
    EXPECT_TRUE(parser_.parse_head("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"));
  }

  /// "more", "complete", or the fault.
  std::string feed(std::string_view bytes) {
    waiting_ += bytes;
    const auto chunks = parser_.parse_chunks(waiting_, body_, most_);
    if (!chunks) return std::string(to_string(chunks.error().reason));
    waiting_.erase(0, chunks->consumed);
    return chunks->complete ? "complete" : "more";
  }

  std::string_view body() const { return body_.view(); }
  std::size_t unconsumed() const { return waiting_.size(); }

 private:
  ResponseParser parser_;
  std::uint64_t most_;
  std::string waiting_;
  Body body_;
};

const std::string_view example =
    "5\r\nhello\r\n1;name=value;flag;quoted=\"a;b\"\r\n,\r\n0006\r\n world\r\n0;last\r\nTrailer: x\r\nLocation: "
    "/y\r\n\r\n";

TEST(Chunks, DecodeToTheBody) {
  Chunked chunked;
  EXPECT_EQ(chunked.feed(example), "complete");
  EXPECT_EQ(chunked.body(), "hello, world");
  EXPECT_EQ(chunked.unconsumed(), 0u);
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

TEST(Chunks, EmptyBodyEndsTheSameWhereverItIsSplit) {
  const std::string_view empty = "0\r\nT: x\r\n\r\n";
  for (std::size_t first = 1; first < empty.size(); ++first) {
    for (std::size_t second = first; second < empty.size(); ++second) {
      Chunked chunked;
      EXPECT_EQ(chunked.feed(empty.substr(0, first)), "more");
      EXPECT_EQ(chunked.feed(empty.substr(first, second - first)), "more");
      EXPECT_EQ(chunked.feed(empty.substr(second)), "complete") << first << ' ' << second;
    }
  }
}

TEST(Chunks, SizesInEitherCase) {
  for (const char* size : {"1a", "1A", "0000000000001a"}) {
    Chunked chunked;
    EXPECT_EQ(chunked.feed(std::string(size) + "\r\n" + std::string(26, 'x') + "\r\n0\r\n\r\n"), "complete") << size;
    EXPECT_EQ(chunked.body(), std::string(26, 'x'));
  }
}

TEST(Chunks, WhatFollowsTheLastOneIsNotConsumed) {
  Chunked chunked;
  EXPECT_EQ(chunked.feed("1\r\nx\r\n0\r\n\r\nHTTP/1.1"), "complete");
  EXPECT_EQ(chunked.unconsumed(), 8u);
}

TEST(Chunks, WithoutAnyAreAnEmptyBody) {
  Chunked chunked;
  EXPECT_EQ(chunked.feed("0\r\n\r\n"), "complete");
  EXPECT_EQ(chunked.body(), "");
}

TEST(Chunks, BeyondTheLimitAreTooLargeBeforeTheirBytesArrive) {
  Chunked exact(6);
  EXPECT_EQ(exact.feed("3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n"), "complete");
  Chunked beyond(6);
  EXPECT_EQ(beyond.feed("3\r\nabc\r\n"), "more");
  EXPECT_EQ(beyond.feed("4\r\n"), "too_large");
  EXPECT_EQ(Chunked(6).feed("ffffffffffffffff\r\n"), "too_large");
}

TEST(Chunks, HeaderThatDoesNotEndIsNotConsumed) {
  Chunked chunked;
  EXPECT_EQ(chunked.feed("1;" + std::string(5000, 'x')), "more");
  EXPECT_EQ(chunked.unconsumed(), 5002u);  // so that the reader sees it grow
}

TEST(Chunks, LoneLineFeedsEndNoHeader) {
  Chunked chunked;
  EXPECT_EQ(chunked.feed("1\nx\n0\n\n"), "more");
  EXPECT_EQ(chunked.body(), "");
}

TEST(Chunks, ThatAreNoneAreBad) {
  for (const char* bytes :
       {"x\r\nx\r\n", "\r\n\r\n0\r\n\r\n", "-1\r\nx\r\n", "0x1\r\nx\r\n0\r\n\r\n", " 1\r\nx\r\n", "1 x\r\nx\r\n",
        "10000000000000000\r\n", "1\r\nxy\r\n0\r\n\r\n", "1\r\nx0\r\n\r\n", "0\r\nno colon\r\n\r\n"}) {
    EXPECT_EQ(Chunked().feed(bytes), "bad_response") << bytes;
  }
}

}  // namespace
}  // namespace gannet::fetch
