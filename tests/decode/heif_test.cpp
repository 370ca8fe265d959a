#include <gtest/gtest.h>

#include <string>

#include "decode/bytes.hpp"
#include "decode/sniff.hpp"

namespace gannet::decode {
namespace {

using namespace std::string_literals;

std::string size_property(unsigned width, unsigned height) {
  return box("ispe", "\0\0\0\0"s + big_endian(width, 4) + big_endian(height, 4));
}

std::string file_type(const std::string& brands) {
  return box("ftyp", brands.substr(0, 4) + "\0\0\0\0"s + brands.substr(4));
}

// A file whose properties are a tile of 512x512, a picture of 4032x3024 and a quarter turn. `items` are the
// associations: one item a piece, with its number and its properties, which take two bytes each with flag 1.
std::string heif(const std::string& items, unsigned item_count, unsigned primary, char flags = 0) {
  const std::string properties = box("ipco", size_property(512, 512) + size_property(4032, 3024) + box("irot", "\x01"));
  const std::string associations = box("ipma", "\0\0\0"s + flags + big_endian(item_count, 4) + items);
  return file_type("heicmif1") + box("free", "padding") +
         box("meta", "\0\0\0\0"s + box("hdlr", "pict") + box("pitm", "\0\0\0\0"s + big_endian(primary, 2)) +
                         box("iprp", properties + associations));
}

TEST(SniffHeif, TellsTheCodecByTheFirstBrandThatNamesOne) {
  const auto format = [](const std::string& brands) {
    const auto info = sniff(file_type(brands));
    return info ? name(info->format) : "none";
  };
  EXPECT_EQ(format("avif"), "avif");
  EXPECT_EQ(format("avismif1"), "avif");
  EXPECT_EQ(format("mif1miafavif"), "avif");
  EXPECT_EQ(format("heicmif1"), "heic");
  EXPECT_EQ(format("mif1heix"), "heic");
  EXPECT_EQ(format("msf1hevc"), "heic");
  EXPECT_EQ(format("mif1"), "heic") << "says no more than that it is HEIF";
  EXPECT_EQ(format("isommp42"), "none") << "a video";
  EXPECT_EQ(name(sniff(box("ftyp", "mif1heicavif"))->format), "avif") << "the minor version is no brand";
}

TEST(SniffHeif, TakesTheSizeOfThePrimaryItem) {
  const std::string items = "\0\x01\x01\x81\0\x02\x01\x81\0\x31\x01\x02"s;  // two tiles and the grid of them
  const auto grid = sniff(heif(items, 3, 0x31));
  ASSERT_TRUE(grid);
  EXPECT_EQ(grid->width, 4032u);
  EXPECT_EQ(grid->height, 3024u);
  const auto tile = sniff(heif(items, 3, 2));
  ASSERT_TRUE(tile);
  EXPECT_EQ(tile->width, 512u);
  const auto missing = sniff(heif(items, 3, 7));
  ASSERT_TRUE(missing);
  EXPECT_EQ(missing->width, 0u);
}

TEST(SniffHeif, ReadsAssociationsOfTwoBytes) {
  const auto info = sniff(heif("\0\x01\x02\x80\x02\0\x03"s, 1, 1, 1));
  ASSERT_TRUE(info);
  EXPECT_EQ(info->width, 3024u);
  EXPECT_EQ(info->height, 4032u);
}

TEST(SniffHeif, TurnsThePictureWhenTheFileSaysSo) {
  const auto info = sniff(heif("\0\x01\x02\x02\x83"s, 1, 1));
  ASSERT_TRUE(info);
  EXPECT_EQ(info->width, 3024u);
  EXPECT_EQ(info->height, 4032u);
}

TEST(SniffHeif, IgnoresPropertiesThatAreNotThere) {
  const auto info = sniff(heif("\0\x01\x03\0\x7f\x02"s, 1, 1));
  ASSERT_TRUE(info);
  EXPECT_EQ(info->width, 4032u);
}

TEST(SniffHeif, StepsOverBoxesOfEightByteLength) {
  std::string file = heif("\0\x01\x01\x02"s, 1, 1);
  file.insert(file.find("meta") - 4, "\0\0\0\x01mdat"s + big_endian(20, 8) + "data");
  const auto info = sniff(file);
  ASSERT_TRUE(info);
  EXPECT_EQ(info->width, 4032u);
}

TEST(SniffHeif, EndsOnBoxesThatLieAboutTheirLength) {
  const std::string whole = heif("\0\x01\x01\x02"s, 1, 1);
  const auto width_with_length = [&](const std::string& length) {
    std::string file = whole;
    file.replace(file.find("meta") - 4, 4, length);
    const auto info = sniff(file);
    return info ? info->width : 1;
  };
  EXPECT_EQ(width_with_length("\0\0\0\0"s), 4032u) << "up to the end of the file";
  EXPECT_EQ(width_with_length("\xff\xff\xff\xff"s), 4032u) << "as much as is there";
  EXPECT_EQ(width_with_length("\0\0\0\x07"s), 0u) << "less than its own header";
  EXPECT_EQ(width_with_length("\0\0\0\x01"s), 0u) << "a long length that is none";
  const auto endless = sniff(file_type("avif") + "\0\0\0\x01"s + "free" + big_endian(UINT64_MAX, 8));
  ASSERT_TRUE(endless);
  EXPECT_EQ(endless->format, Format::avif);
}

}  // namespace
}  // namespace gannet::decode
