#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "decode/sniff.hpp"

namespace gannet::decode {
namespace {

using namespace std::string_literals;

TEST(Describe, NamesWhatServersSendInsteadOfImages) {
  struct Case {
    std::string bytes;
    std::string expected;
  };
  for (const auto& [bytes, expected] : std::vector<Case>{
           {"", "empty"},
           {" \n", "blank text"},
           {"Not found", "text"},
           {"BMW sells cars", "text"},
           {"na\xc3\xafve", "text"},
           {"<!DOCTYPE HTML><title>Login</title>", "an HTML page"},
           {"\xef\xbb\xbf\r\n<html>", "an HTML page"},
           {"<!-- cached --><HEAD>", "an HTML page"},
           {"<html><title>caf\xe9</title>", "an HTML page"},
           {"<html><body><svg></svg></body></html>", "an HTML page"},
           {"<!doctype html><svg>", "an HTML page"},
           {"\xff\xfe<\0h\0t\0m\0l\0>\0"s, "an HTML page"},
           {"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", "XML"},
           {"{\"error\": 404}", "JSON"},
           {"  {}", "JSON"},
           {"[1, 2]", "JSON"},
           {"[see below]", "text"},
           {"{{template}}", "text"},
           {"%PDF-1.7\n", "a PDF document"},
           {"\x1f\x8b\x08\0"s, "a gzip archive"},
           {"PK\x03\x04", "a ZIP archive or Office document"},
           {"\0\0\0\x20"s + "ftypisom\0\0\x02\0"s, "a video or another MP4 file"},
           {"\x1a\x45\xdf\xa3", "a video"},
           {"RIFF\0\0\0\0WAVEfmt "s, "a WAV recording"},
           {"\0\0\x02\0\x01\0"s, "a cursor"},
           {"\xff", "unknown bytes ff"},
           {"\x01\x02\x03\x04\x05\x06\x07\x08", "unknown bytes 0102030405060708"},
           {"\x01\x02\x03\x04\x05\x06\x07\x08\x09", "unknown bytes 0102030405060708..."},
       }) {
    EXPECT_EQ(describe(bytes), expected) << bytes;
    EXPECT_FALSE(sniff(bytes)) << bytes;
  }
}

TEST(Describe, KnowsTextThatIsLookedAtOnlyInPart) {
  std::string text;
  while (text.size() < 4000)
    text += "\xe2\x82\xac";  // three bytes a piece: wherever one stops, it may be inside of one
  EXPECT_EQ(describe(text), "text");
  EXPECT_EQ(describe("x" + text), "text");
}

TEST(Describe, NeverRepeatsWhatItWasGiven) {
  const std::string shown = describe("\x1b]0;title\x07 \x01 secret");
  EXPECT_EQ(shown.find("secret"), std::string::npos);
  EXPECT_TRUE(std::ranges::all_of(shown, [](char c) { return c >= ' ' && c <= '~'; }));
}

}  // namespace
}  // namespace gannet::decode
