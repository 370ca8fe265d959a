#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "decode/sniff.hpp"

namespace gannet::decode {
namespace {

using namespace std::string_literals;

// "640x480", or "none".
std::string sniffed(std::string_view text) {
  const auto info = sniff(text);
  if (!info) return "none";
  EXPECT_EQ(info->format, Format::svg);
  return std::to_string(info->width) + "x" + std::to_string(info->height);
}

TEST(SniffSvg, IsToldByItsFirstElement) {
  const std::string root = "<svg width='4' height='3'><path/></svg>";
  for (const std::string& prolog : std::vector<std::string>{
           "",
           "\xef\xbb\xbf",
           " \r\n\t",
           "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
           "<!-- drawn by <b>hand</b> > -->",
           "<?xml version='1.0'?><!-- a --><?xml-stylesheet href='a.css'?><!-- b -->",
           "<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd\">",
           "<!DOCTYPE svg [ <!ENTITY a \"<html>]>\"> <!-- it's ]> --> <!ENTITY b 'x'> ]>",
       }) {
    EXPECT_EQ(sniffed(prolog + root), "4x3") << prolog;
  }
  EXPECT_EQ(sniffed("<s:svg xmlns:s='http://www.w3.org/2000/svg' width='4' height='3'/>"), "4x3");
}

TEST(SniffSvg, IsReadInUtf16Too) {
  std::string little = "\xff\xfe", big = "\xfe\xff";
  for (const char c : "<?xml version='1.0'?><svg width='4' height='3'>"s) {
    little += c + "\0"s;
    big += "\0"s + c;
  }
  EXPECT_EQ(sniffed(little), "4x3");
  EXPECT_EQ(sniffed(big), "4x3");
}

TEST(SniffSvg, IsNotFoundInPagesAndOtherXml) {
  for (const std::string& text : std::vector<std::string>{
           "<html><body><svg width='4' height='3'></svg></body></html>",
           "<!DOCTYPE html><svg width='4' height='3'></svg>",
           "<!-- <svg> --><html></html>",
           "<!-- <svg width='4' height='3'>",
           "<?xml version='1.0'?><rss><svg/></rss>",
           "<!DOCTYPE svg [ <svg width='4'> ",
           "<svgs/>",
           "<svg:defs/>",
           "Here is an <svg width='4' height='3'>",
           "<",
           "<!",
           "<svg:",
       }) {
    EXPECT_EQ(sniffed(text), "none") << text;
  }
}

TEST(SniffSvg, IsNotLookedForWithoutEnd) {
  EXPECT_EQ(sniffed("<!--" + std::string(100'000, '-') + "--><svg width='4' height='3'>"), "4x3");
  EXPECT_EQ(sniffed("<!--" + std::string(1'000'000, '-') + "--><svg width='4' height='3'>"), "none");
}

TEST(SniffSvg, TakesItsSizeFromLengthsInPixels) {
  EXPECT_EQ(sniffed("<svg width=\"640\" height=\"480\">"), "640x480");
  EXPECT_EQ(sniffed("<svg xmlns:x='>' width = '640px'\n height='+4.8e2 PX' >"), "640x480");
  EXPECT_EQ(sniffed("<svg width='639.2' height='480' viewBox='0 0 1 1'>"), "640x480") << "a part of a pixel needs one";
  EXPECT_EQ(sniffed("<svg x:width='1' data-height='1' width='640' height='480'>"), "640x480");
}

TEST(SniffSvg, OtherwiseTakesItsSizeFromTheViewBox) {
  EXPECT_EQ(sniffed("<svg viewBox='-5 -5 64 48'>"), "64x48");
  EXPECT_EQ(sniffed("<svg viewBox='0,0, 64,48' width='100%' height='100%'>"), "64x48");
  EXPECT_EQ(sniffed("<svg width='10mm' height='7mm' viewBox='0 0 64 48'>"), "64x48");
  EXPECT_EQ(sniffed("<svg width='200' viewBox='0 0 64 48'>"), "64x48") << "never half of each";
}

TEST(SniffSvg, SaysZeroRatherThanNonsense) {
  for (const std::string& attributes :
       std::vector<std::string>{"", "width height", "width=640 height=480", "width='640", "width='nan' height='inf'",
                                "width='-4' height='0'", "width='1e300' height='99999999999'", "viewBox='0 0'",
                                "viewBox='a b c d'", "title='width=\"4\" height=\"3\"'"}) {
    EXPECT_EQ(sniffed("<svg " + attributes + ">"), "0x0") << attributes;
  }
  EXPECT_EQ(sniffed("<svg><rect width='4' height='3'/>"), "0x0");
}

}  // namespace
}  // namespace gannet::decode
