#include "worker/pages.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace gannet::worker {
namespace {

using decode::Format;
using namespace std::string_literals;

std::string gif(int frames) {
  std::string bytes = "GIF89a\x0a\0\x05\0\x80\0\0"s + std::string(6, '\0');
  for (int i = 0; i < frames; ++i) bytes += "\x21\xf9\x04\0\0\0\0\0,\0\0\0\0\x0a\0\x05\0\0\x02\x02\x4c\x01\0"s;
  return bytes + ';';
}

void put16(std::string& bytes, unsigned value) {
  bytes += static_cast<char>(value & 0xff);
  bytes += static_cast<char>(value >> 8 & 0xff);
}

void put32(std::string& bytes, std::size_t value) {
  put16(bytes, static_cast<unsigned>(value & 0xffff));
  put16(bytes, static_cast<unsigned>(value >> 16 & 0xffff));
}

std::string tiff(const std::vector<std::pair<unsigned, unsigned>>& pages, bool loop = false) {
  std::string bytes = "II*\0\x08\0\0\0"s;
  for (std::size_t i = 0; i < pages.size(); ++i) {
    put16(bytes, 2);
    put16(bytes, 256), put16(bytes, 4), put32(bytes, 1), put32(bytes, pages[i].first);
    put16(bytes, 257), put16(bytes, 3), put32(bytes, 1), put32(bytes, pages[i].second);
    put32(bytes, i + 1 < pages.size() ? bytes.size() + 4 : loop ? 8 : 0);
  }
  return bytes;
}

TEST(Pages, FramesOfAGifAreCountedWithThePixelsOfEach) {
  for (const int frames : {1, 2, 100}) {
    const Pages pages = count_pages(Format::gif, gif(frames));
    EXPECT_EQ(pages.count, frames);
    EXPECT_EQ(pages.pixels, 50u * static_cast<unsigned>(frames));
    EXPECT_FALSE(pages.cut);
  }
}

TEST(Pages, AGifThatEndsWithinAFrameIsCut) {
  const std::string whole = gif(2);
  EXPECT_TRUE(count_pages(Format::gif, whole.substr(0, whole.size() - 2)).cut);  // the end of its blocks
  EXPECT_FALSE(count_pages(Format::gif, whole.substr(0, whole.size() - 1)).cut);
}

TEST(Pages, CountingEndsBeyondTheLimit) {
  EXPECT_GT(count_pages(Format::gif, gif(most_pages * 2)).count, most_pages);
  EXPECT_EQ(count_pages(Format::gif, gif(most_pages * 2)).count, most_pages + 1);
}

TEST(Pages, PagesOfATiffMayHaveTheirOwnSizes) {
  const Pages even = count_pages(Format::tiff, tiff({{10, 5}, {10, 5}}));
  EXPECT_EQ(even.count, 2u);
  EXPECT_EQ(even.pixels, 100u);
  EXPECT_TRUE(even.even);
  const Pages uneven = count_pages(Format::tiff, tiff({{10, 5}, {100'000, 50'000}}));
  EXPECT_EQ(uneven.pixels, 5'000'000'050u);
  EXPECT_FALSE(uneven.even);
}

TEST(Pages, AChainOfDirectoriesThatIsARingEnds) {
  EXPECT_EQ(count_pages(Format::tiff, tiff({{10, 5}, {10, 5}}, true)).count, most_pages + 1);
}

TEST(Pages, ATiffThatEndsBeforeAPageIsCut) {
  const std::string whole = tiff({{10, 5}, {10, 5}});
  EXPECT_FALSE(count_pages(Format::tiff, whole).cut);
  EXPECT_TRUE(count_pages(Format::tiff, whole.substr(0, whole.size() - 1)).cut);
  EXPECT_TRUE(count_pages(Format::tiff, whole.substr(0, whole.size() - 31)).cut);
}

TEST(Pages, AnAnimatedPngThatEndsBeforeItsEndIsCut) {
  const auto chunk = [](std::string_view type, std::size_t size) {
    return "\0\0\0"s + static_cast<char>(size) + std::string(type) + std::string(size + 4, 'x');
  };
  const std::string begin = "\x89PNG\r\n\x1a\n"s + chunk("IHDR", 13);
  const std::string whole = begin + chunk("acTL", 8) + chunk("IDAT", 50) + chunk("fdAT", 70) + chunk("IEND", 0);
  EXPECT_FALSE(count_pages(Format::png, whole).cut);
  EXPECT_FALSE(count_pages(Format::png, whole + "more").cut);
  for (const std::size_t missing : {12u, 13u, 60u, 90u}) {
    EXPECT_TRUE(count_pages(Format::png, whole.substr(0, whole.size() - missing)).cut) << missing;
  }
  EXPECT_FALSE(count_pages(Format::png, begin + chunk("IDAT", 50)).cut) << "the codec sees that itself";
}

TEST(Pages, AHeifThatEndsWithinABoxOfPicturesIsCut) {
  const auto box = [](std::string_view type, std::size_t size) {
    return "\0\0\0"s + static_cast<char>(size + 8) + std::string(type) + std::string(size, 'x');
  };
  const std::string whole = box("ftyp", 16) + box("moov", 40) + box("mdat", 80);
  for (const auto format : {Format::avif, Format::heic}) {
    EXPECT_FALSE(count_pages(format, whole).cut);
    EXPECT_FALSE(count_pages(format, whole + "\xff\xff\xff\xffjunk").cut);
    EXPECT_FALSE(count_pages(format, box("ftyp", 16) + "\0\0\0\0mdat to the end"s).cut);
    EXPECT_TRUE(count_pages(format, whole.substr(0, whole.size() - 1)).cut);
    EXPECT_TRUE(count_pages(format, whole.substr(0, 40)).cut);
    const std::string wide = "\0\0\0\1mdat\0\0\0\0\0\0\0\x18picture!"s;
    EXPECT_FALSE(count_pages(format, wide).cut);
    EXPECT_TRUE(count_pages(format, wide.substr(0, wide.size() - 1)).cut);
  }
}

TEST(Pages, AnythingElseIsOnePage) {
  EXPECT_EQ(count_pages(Format::png, "").count, 1u);
  EXPECT_EQ(count_pages(Format::gif, "").count, 1u);
  EXPECT_EQ(count_pages(Format::tiff, "II*\0"s).count, 1u);
  EXPECT_EQ(count_pages(Format::webp, "RIFF").count, 1u);
}

}  // namespace
}  // namespace gannet::worker
