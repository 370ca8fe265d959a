// Real files from the reference encoders (corpus/README.md), whole and broken in every way that chance finds.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "decode/sniff.hpp"

namespace gannet::decode {
namespace {

struct Picture {
  const char* file;
  Format format;
  std::uint32_t width = 70, height = 46;
};

const std::vector<Picture> pictures{
    {"animated.avif", Format::avif},
    {"animated.gif", Format::gif},
    {"arithmetic.jpg", Format::jpeg},
    {"baseline.jpg", Format::jpeg},
    {"big.tiff", Format::tiff},
    {"bigtiff.tiff", Format::tiff},
    {"comment.jpg", Format::jpeg},
    {"container.jxl", Format::jxl},
    {"core.bmp", Format::bmp},
    {"exif.jpg", Format::jpeg},
    {"extended.webp", Format::webp},
    {"grid.avif", Format::avif, 192, 96},
    {"icon.svg", Format::svg, 48, 48},
    {"info.bmp", Format::bmp},
    {"interlaced.png", Format::png},
    {"little.tiff", Format::tiff},
    {"lossless.webp", Format::webp},
    {"lossy.jxl", Format::jxl},
    {"lossy.webp", Format::webp},
    {"palette.png", Format::png},
    {"progressive.jpg", Format::jpeg},
    {"square.jxl", Format::jxl, 96, 96},
    {"still.avif", Format::avif},
    {"still.gif", Format::gif},
    {"still.heic", Format::heic},
    {"three.ico", Format::ico, 32, 32},
    {"thumbnail.heic", Format::heic},
    {"transcoded.jxl", Format::jxl},
    {"turned.avif", Format::avif, 46, 70},
    {"turned.jxl", Format::jxl, 46, 70},
    {"v5.bmp", Format::bmp},
};

const std::filesystem::path corpus = std::filesystem::path(GANNET_TEST_DATA) / "decode" / "corpus";

std::string load(const std::string& file) {
  std::ifstream stream(corpus / file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// Bytes at the very end of their own allocation, so that a sanitizer sees a read past them.
void look_at(std::string_view bytes) {
  const std::vector<char> exact(bytes.begin(), bytes.end());
  const std::string_view view(exact.data(), exact.size());
  sniff(view);
  describe(view);
}

TEST(Corpus, IsReadAsItsEncodersMeantIt) {
  for (const Picture& picture : pictures) {
    const auto info = sniff(load(picture.file));
    ASSERT_TRUE(info) << picture.file;
    EXPECT_EQ(info->format, picture.format) << picture.file;
    EXPECT_EQ(info->width, picture.width) << picture.file;
    EXPECT_EQ(info->height, picture.height) << picture.file;
  }
}

TEST(Corpus, HasNoFileThatIsNotLookedAt) {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(corpus)) files += entry.path().extension() != ".md";
  EXPECT_EQ(files, pictures.size());
}

TEST(Corpus, KeepsItsFormatWhenCutShort) {
  for (const Picture& picture : pictures) {
    const std::string whole = load(picture.file);
    const std::size_t step = std::max<std::size_t>(whole.size() / 64, 1);
    for (std::size_t length = 0; length < whole.size(); length += length < 1024 ? 1 : step) {
      const std::string_view part = std::string_view(whole).substr(0, length);
      look_at(part);
      const auto info = sniff(part);
      EXPECT_TRUE(info || length < 128) << picture.file << ", " << length << " bytes";
      const ImageInfo seen = info.value_or(ImageInfo{picture.format});
      EXPECT_EQ(seen.format, picture.format) << picture.file << ", " << length << " bytes";
      if (seen.width == 0 || seen.height == 0) continue;
      EXPECT_EQ(std::minmax(seen.width, seen.height), std::minmax(picture.width, picture.height))
          << picture.file << ", " << length << " bytes";
    }
  }
}

TEST(Corpus, SurvivesFlippedBits) {
  std::mt19937 random(20261122);
  for (const Picture& picture : pictures) {
    const std::string whole = load(picture.file);
    ASSERT_FALSE(whole.empty()) << picture.file;
    for (int round = 0; round < 2000; ++round) {
      std::string broken = whole.substr(0, 2048);
      for (unsigned flips = 1 + random() % 8; flips > 0; --flips) {
        // Mostly in the first bytes, which are what is read.
        const std::size_t reach = std::min<std::size_t>(broken.size(), random() % 2 == 0 ? 64 : 2048);
        char& byte = broken[random() % reach];
        byte = static_cast<char>(byte ^ 1 << random() % 8);
      }
      look_at(broken);
    }
  }
}

}  // namespace
}  // namespace gannet::decode
