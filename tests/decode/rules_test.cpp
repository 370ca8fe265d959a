#include "decode/rules.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

#include "decode/bytes.hpp"

namespace gannet::decode {
namespace {

using namespace std::string_literals;

std::string png(std::uint32_t width, std::uint32_t height) {
  return "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR"s + big_endian(width, 4) + big_endian(height, 4) + std::string(5000, 'x');
}

class RulesTest : public testing::Test {
 protected:
  std::string whole(const std::string& bytes) const {
    const auto verdict = check(rules_of(settings, nullptr), bytes, sniff(bytes));
    return verdict ? "ok" : std::string(to_string(verdict.error().reason));
  }

  std::string early(std::string_view bytes) const {
    const auto verdict = check_early(rules_of(settings, nullptr), bytes);
    if (!verdict) return std::string(to_string(verdict.error().reason));
    return *verdict == EarlyVerdict::settled ? "settled" : "undecided";
  }

  DecodeSettings settings;
};

TEST_F(RulesTest, PixelsAndTheShorterSideAreLimited) {
  settings.max_pixels = 1'000'000;
  settings.min_size = 100;
  EXPECT_EQ(whole(png(1000, 1000)), "ok");
  EXPECT_EQ(whole(png(1000, 1001)), "too_many_pixels");
  EXPECT_EQ(whole(png(0x7fffffff, 0x7fffffff)), "too_many_pixels");
  EXPECT_EQ(whole(png(100, 100)), "ok");
  EXPECT_EQ(whole(png(99, 5000)), "too_small");
  EXPECT_EQ(whole(png(5000, 99)), "too_small");
  EXPECT_EQ(whole(png(9, 9).substr(0, 20)), "ok");  // unknown
  settings.max_pixels = settings.min_size = 0;
  EXPECT_EQ(whole(png(0x7fffffff, 1)), "ok");
}

TEST_F(RulesTest, TheDefaultsAreHundredMegapixelsAndNoLeastSize) {
  EXPECT_EQ(whole(png(10000, 10000)), "ok");
  EXPECT_EQ(whole(png(10001, 10000)), "too_many_pixels");
  EXPECT_EQ(whole(png(1, 1)), "ok");
}

TEST_F(RulesTest, AListHasRulesOfItsOwnButTheLargestImageOnlyGetsSmaller) {
  settings.max_pixels = 1000;
  settings.min_size = 10;
  JobOptions list;
  EXPECT_EQ(rules_of(settings, nullptr).max_pixels, 1000u);
  EXPECT_EQ(rules_of(settings, &list).min_size, 10u);
  list.min_size = 0;
  list.accept = Accept::any;
  for (const auto& [said, counts] : {std::pair{500u, 500u}, {2000u, 1000u}, {0u, 1000u}}) {
    list.max_pixels = said;
    EXPECT_EQ(rules_of(settings, &list).max_pixels, counts);
  }
  EXPECT_EQ(rules_of(settings, &list).min_size, 0u);
  EXPECT_EQ(rules_of(settings, &list).accept, Accept::any);
  settings.max_pixels = 0;
  list.max_pixels = 7;
  EXPECT_EQ(rules_of(settings, &list).max_pixels, 7u);
}

TEST_F(RulesTest, AcceptAnyLetsOtherBytesPassAndStillAsksForTheSizeOfImages) {
  settings.accept = Accept::any;
  EXPECT_EQ(whole("hello"), "ok");
  EXPECT_EQ(early(std::string(5000, 'x')), "settled");
  EXPECT_EQ(early(png(60000, 60000)), "too_many_pixels");
}

TEST_F(RulesTest, FirstBytesTellWhatIsNoImage) {
  const std::string rest(5000, ' ');
  EXPECT_EQ(early("<!DOCTYPE html><html><head>" + rest), "not_an_image");
  EXPECT_EQ(early("{\"error\": 1" + rest), "not_an_image");
  EXPECT_EQ(early(std::string(5000, '\0')), "not_an_image");
  EXPECT_EQ(check_early(rules_of(settings, nullptr), "<html>" + rest).error().detail, "an HTML page");
}

TEST_F(RulesTest, FirstBytesTellTheSize) {
  settings.min_size = 50;
  EXPECT_EQ(early(png(60000, 60000)), "too_many_pixels");
  EXPECT_EQ(early(png(49, 1000)), "too_small");
  EXPECT_EQ(early(png(1000, 1000)), "settled");
}

TEST_F(RulesTest, JpegIsUndecidedUntilItsFrameHeader) {
  const auto segment = "\xff\xe1\xff\xff"s + std::string(0xfffd, 'e');
  const auto frame = "\xff\xc0\x00\x11\x08"s + big_endian(20000, 2) + big_endian(20000, 2) + std::string(5000, 'x');
  const auto start = "\xff\xd8"s + segment + segment + segment;
  EXPECT_EQ(early(start.substr(0, 4096)), "undecided");
  EXPECT_EQ(early(start), "undecided");
  EXPECT_EQ(early(start + frame), "too_many_pixels");
}

TEST_F(RulesTest, TextIsUndecidedWhileAnSvgMayBegin) {
  const std::string comment = "<!-- " + std::string(8000, '-') + " -->";
  for (const std::string prolog : {"<?xml version='1.0'?>", "<!DOCTYPE svg>", "\xef\xbb\xbf\n\n"}) {
    EXPECT_EQ(early(prolog + comment.substr(0, 5000)), "undecided");
    EXPECT_EQ(early(prolog + comment), "undecided");
    EXPECT_EQ(early(prolog + comment + "<"), "undecided");
    EXPECT_EQ(early(prolog + comment + "<sv"), "undecided");
    EXPECT_EQ(early(prolog + comment + "<svg width='1'"), "settled");
    EXPECT_EQ(early(prolog + comment + "<html "), "not_an_image");
  }
  EXPECT_EQ(early(std::string(5000, '\n')), "undecided");
  EXPECT_EQ(early(std::string(256 << 10, '\n')), "not_an_image");
  EXPECT_EQ(early("\xff\xfe" + std::string("<\0!\0-\0-\0", 8) + std::string(5000, 'x')), "undecided");
}

// A file of the corpus with these bytes at the place of its first `at`, and how far behind it.
std::string patched(const std::string& file, const std::string& at, std::size_t behind, const std::string& bytes) {
  std::ifstream stream(GANNET_TEST_DATA "/decode/corpus/" + file, std::ios::binary);
  std::string whole{std::istreambuf_iterator<char>(stream), {}};
  const auto found = whole.find(at);
  EXPECT_NE(found, std::string::npos) << file;
  return whole.replace(found + behind, bytes.size(), bytes);
}

TEST_F(RulesTest, BombsInsideOfSmallPicturesAreSeen) {
  const auto huge = little_endian(65535, 2) + little_endian(65535, 2);
  for (const char* file : {"still.gif", "animated.gif"}) {
    EXPECT_EQ(whole(patched(file, "\x2c\0\0\0\0"s, 5, huge)), "too_many_pixels") << file;
  }
  for (const char* file : {"lossy.webp", "extended.webp"}) {
    const auto most = little_endian(16383, 2) + little_endian(16383, 2);
    EXPECT_EQ(whole(patched(file, "\x9d\x01\x2a", 3, most)), "too_many_pixels") << file;
  }
  const auto icon = "\0\0\1\0\1\0"s + std::string(4, '\x20') + little_endian(1, 2) + little_endian(32, 2) +
                    little_endian(5000, 4) + little_endian(22, 4);
  std::string entry = icon;
  entry[8] = entry[9] = '\0';
  EXPECT_EQ(whole(entry + png(32, 32)), "ok");
  EXPECT_EQ(whole(entry + png(60000, 60000)), "too_many_pixels");
  EXPECT_EQ(whole(entry + little_endian(40, 4) + little_endian(60000, 4) + little_endian(120000, 4)),
            "too_many_pixels");
  EXPECT_EQ(check(rules_of(settings, nullptr), entry, sniff(entry + png(60000, 60000))).error().detail,
            "60000 x 60000 within");
}

TEST_F(RulesTest, APngOfImpossibleSizeIsADamagedOne) {
  const auto bytes = png(0x80000000, 3);
  EXPECT_EQ(whole(bytes), "not_an_image");
  EXPECT_EQ(check(rules_of(settings, nullptr), bytes, sniff(bytes)).error().detail, "a damaged PNG");
}

TEST_F(RulesTest, AJpegWhoseHeightComesBehindItsScanIsJudgedByIt) {
  const auto lines = [](unsigned height) { return "\xff\xdc\0\x04"s + big_endian(height, 2); };
  const auto start = "\xff\xd8\xff\xc0\0\x11\x08"s + big_endian(0, 2) + big_endian(65000, 2) + std::string(5000, 'x');
  EXPECT_EQ(early(start), "undecided");
  EXPECT_EQ(whole(start), "not_an_image");
  EXPECT_EQ(whole(start + lines(65000)), "too_many_pixels");
  EXPECT_EQ(whole(start + lines(100)), "ok");
}

TEST_F(RulesTest, AnImageOfNoPixelsIsNone) {
  const std::vector<std::pair<unsigned, unsigned>> sizes{{0, 0}, {0, 5}, {5, 0}};
  for (const auto& [width, height] : sizes) {
    const auto bmp = "BM" + std::string(12, '\0') + little_endian(40, 4) + little_endian(width, 4) +
                     little_endian(height, 4) + little_endian(1, 2) + little_endian(24, 2) + std::string(5000, '\0');
    const auto webp = "RIFF\0\0\0\0WEBPVP8 "s + little_endian(5010, 4) + "\0\0\0\x9d\x01\x2a"s +
                      little_endian(width, 2) + little_endian(height, 2) + std::string(5000, '\0');
    for (const auto& bytes : {png(width, height), bmp, webp}) {
      EXPECT_EQ(whole(bytes), "not_an_image") << bytes.substr(0, 4);
      EXPECT_EQ(early(bytes), "not_an_image") << bytes.substr(0, 4);
    }
  }
  const auto bytes = png(0, 5);
  EXPECT_EQ(check(rules_of(settings, nullptr), bytes, sniff(bytes)).error().detail,
            "a damaged png image, 0 x 5 by its header");
  settings.accept = Accept::any;
  EXPECT_EQ(whole(bytes), "ok");
  EXPECT_EQ(early(bytes), "settled");
}

TEST_F(RulesTest, AGifWithoutAScreenIsAsLargeAsItsFirstFrame) {
  const auto gif = [](unsigned width, unsigned height) {
    return "GIF89a" + little_endian(width, 2) + little_endian(height, 2) + "\0\0\0"s;
  };
  const auto comment = "!\xfe"s + ("\xff" + std::string(255, 'c')) + "\0"s;
  const auto frame = [](unsigned width, unsigned height) {
    return ",\0\0\0\0"s + little_endian(width, 2) + little_endian(height, 2) + "\0\x02\x01\x44\0"s;
  };
  settings.min_size = 50;
  const auto start = gif(0, 0) + comment;
  EXPECT_EQ(early(start), "undecided");
  EXPECT_EQ(whole(start + frame(60, 50) + frame(10, 10) + ";"), "ok");
  EXPECT_EQ(early(start + frame(60, 50)), "settled");
  EXPECT_EQ(whole(start + frame(40, 60) + frame(60, 60) + ";"), "too_small");
  EXPECT_EQ(whole(gif(0, 60) + frame(40, 80) + ";"), "too_small");
  EXPECT_EQ(whole(start + frame(65000, 65000) + ";"), "too_many_pixels");
  EXPECT_EQ(whole(start + frame(0, 60) + ";"), "not_an_image");
  EXPECT_EQ(whole(start + ";"), "not_an_image");
  EXPECT_EQ(whole(start), "not_an_image");
  const auto bytes = start + ";";
  EXPECT_EQ(check(rules_of(settings, nullptr), bytes, sniff(bytes)).error().detail,
            "a damaged gif image, 0 x 0 by its header");
}

TEST_F(RulesTest, NoStartOfARealImageIsRefused) {
  settings.max_pixels = 0;
  for (const auto& entry : std::filesystem::directory_iterator(GANNET_TEST_DATA "/decode/corpus")) {
    if (entry.path().extension() == ".md") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    for (std::size_t size = least_for_early_check; size < bytes.size(); size += 511) {
      const auto verdict = early(std::string_view(bytes).substr(0, size));
      EXPECT_TRUE(verdict == "settled" || verdict == "undecided") << entry.path() << ' ' << size << ' ' << verdict;
    }
  }
}

}  // namespace
}  // namespace gannet::decode
