#include "decode/sniff.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "decode/bytes.hpp"

namespace gannet::decode {
namespace {

using namespace std::string_literals;

// "jpeg 640x480", or "none".
std::string sniffed(std::string_view bytes) {
  const auto info = sniff(bytes);
  if (!info) return "none";
  return std::string(name(info->format)) + " " + std::to_string(info->width) + "x" + std::to_string(info->height);
}

const std::string start_of_image = "\xff\xd8";
const std::string app0 = "\xff\xe0\0\x04xy"s;
const std::string frame = "\xff\xc0\0\x11\x08\x01\xe0\x02\x80\x03"s;  // 640 wide, 480 high

TEST(Format, HasANameForRecordsAndAnExtensionForFiles) {
  EXPECT_EQ(name(Format::jpeg), "jpeg");
  EXPECT_EQ(extension(Format::jpeg), "jpg");
  EXPECT_EQ(name(Format::tiff), "tiff");
  EXPECT_EQ(extension(Format::tiff), "tiff");
}

TEST(SniffJpeg, FindsTheFrameBehindOtherSegments) {
  EXPECT_EQ(sniffed(start_of_image + app0 + frame), "jpeg 640x480");
  EXPECT_EQ(sniffed(start_of_image + app0 + "\xff\xff\xff" + frame), "jpeg 640x480") << "fill bytes";
  EXPECT_EQ(sniffed(start_of_image + app0 + "\xff\x01\xff\xd0" + frame), "jpeg 640x480") << "markers without a length";
  EXPECT_EQ(sniffed(start_of_image + app0 + "garbage\xff\0"s + frame), "jpeg 640x480") << "garbage between segments";
}

TEST(SniffJpeg, DoesNotTakeOtherThingsForTheFrame) {
  const std::string thumbnail = start_of_image + "\xff\xc0\0\x11\x08\0\x08\0\x08\x03"s;
  EXPECT_EQ(sniffed(start_of_image + "\xff\xe1" + big_endian(2 + thumbnail.size(), 2) + thumbnail + frame),
            "jpeg 640x480");
  EXPECT_EQ(sniffed(start_of_image + "\xff\xc4\0\x08\0\x01\0\x01\0\x01"s + frame), "jpeg 640x480") << "a Huffman table";
  EXPECT_EQ(sniffed(start_of_image + app0 + "\xff\xda\0\x02"s + frame), "jpeg 0x0") << "after the pixels began";
  EXPECT_EQ(sniffed(start_of_image + app0 + "\xff\xd9" + frame), "jpeg 0x0") << "after the end";
  EXPECT_EQ(sniffed(start_of_image + "\xff\xe0\0\x01"s + frame), "jpeg 0x0") << "after an impossible length";
}

TEST(SniffJpeg, GivesUpOnEndlessMarkers) {
  std::string markers = start_of_image;
  while (markers.size() < 100000) markers += "\xff\xd0\xff\0"s;
  EXPECT_EQ(sniffed(markers + frame), "jpeg 0x0");
}

TEST(SniffPng, ReadsTheFirstChunkOnly) {
  const std::string signature = "\x89PNG\r\n\x1a\n";
  const std::string size = big_endian(70000, 4) + big_endian(3, 4);
  EXPECT_EQ(sniffed(signature + "\0\0\0\x0dIHDR"s + size), "png 70000x3");
  EXPECT_EQ(sniffed(signature + "\0\0\0\x0dgAMA"s + size), "png 0x0");
  EXPECT_EQ(sniffed(signature + "\0\0\0\x0dIHDR"s + big_endian(0x80000000, 4) + big_endian(3, 4)), "none");
}

TEST(SniffGif, KnowsBothVersions) {
  EXPECT_EQ(sniffed("GIF87a\x40\x01\xf0\0"s), "gif 320x240");
  EXPECT_EQ(sniffed("GIF89a\x40\x01\xf0\0"s), "gif 320x240");
  EXPECT_EQ(sniffed("GIF90a\x40\x01\xf0\0"s), "none");
}

TEST(SniffWebp, ReadsAllThreeKindsOfFirstChunk) {
  const auto webp = [](const std::string& type, const std::string& body) {
    return "RIFF\0\0\0\0WEBP"s + type + little_endian(body.size(), 4) + body;
  };
  EXPECT_EQ(sniffed(webp("VP8 ", "\0\0\0\x9d\x01\x2a\x80\x42\xe0\x81"s)), "webp 640x480") << "scaling bits set";
  EXPECT_EQ(sniffed(webp("VP8 ", "\0\0\0no!\x80\x02\xe0\x01"s)), "webp 0x0");
  EXPECT_EQ(sniffed(webp("VP8L", "\x2f" + little_endian(639 | 479 << 14 | 1 << 28, 4))), "webp 640x480");
  EXPECT_EQ(sniffed(webp("VP8X", "\0\0\0\0"s + little_endian(99999, 3) + little_endian(479, 3))), "webp 100000x480");
  EXPECT_EQ(sniffed("RIFF\0\0\0\0WAVEfmt "s), "none");
}

TEST(SniffBmp, ReadsOldAndNewHeaders) {
  const std::string start = "BM" + std::string(12, '\0');
  const std::string info = start + little_endian(40, 4);
  const std::string planes_and_depth = little_endian(1, 2) + little_endian(24, 2);
  EXPECT_EQ(sniffed(start + little_endian(12, 4) + "\x40\x01\xf0\0"s + planes_and_depth), "bmp 320x240");
  EXPECT_EQ(sniffed(info + little_endian(320, 4) + little_endian(240, 4) + planes_and_depth), "bmp 320x240");
  EXPECT_EQ(sniffed(info + little_endian(320, 4) + little_endian(0xffffffff - 239, 4) + planes_and_depth),
            "bmp 320x240");
  EXPECT_EQ(sniffed(info + little_endian(320, 4) + little_endian(0x80000000, 4) + planes_and_depth),
            "bmp 320x2147483648");
  EXPECT_EQ(sniffed(info + little_endian(0xffffffff, 4) + little_endian(240, 4) + planes_and_depth), "none");
  EXPECT_EQ(sniffed(info + little_endian(320, 4) + little_endian(240, 4) + "\x09\0\x18\0"s), "none") << "nine planes";
}

TEST(SniffBmp, IsNotTakenInByText) {
  EXPECT_EQ(sniffed("BM"), "none");
  EXPECT_EQ(sniffed("BMW is a maker of cars and motorcycles in Munich."), "none");
}

TEST(SniffTiff, ReadsTheFirstDirectoryInBothByteOrdersAndWidths) {
  const auto field = [](auto order, unsigned tag, unsigned type, std::string value, unsigned wide) {
    value.resize(wide, '\0');
    return order(tag, 2) + order(type, 2) + order(1, wide) + value;
  };
  const std::string little = "II*\0"s + little_endian(8, 4) + little_endian(2, 2) +
                             field(little_endian, 256, 3, little_endian(320, 2), 4) +
                             field(little_endian, 257, 4, little_endian(240, 4), 4);
  EXPECT_EQ(sniffed(little), "tiff 320x240");
  const std::string big = "MM\0*"s + big_endian(10, 4) + "??" + big_endian(2, 2) +
                          field(big_endian, 256, 3, big_endian(320, 2), 4) +
                          field(big_endian, 257, 3, big_endian(240, 2), 4);
  EXPECT_EQ(sniffed(big), "tiff 320x240");
  const std::string huge = "MM\0+\0\x08\0\0"s + big_endian(16, 8) + big_endian(2, 8) +
                           field(big_endian, 256, 16, big_endian(320, 8), 8) +
                           field(big_endian, 257, 16, big_endian((1ull << 40) + 240, 8), 8);
  EXPECT_EQ(sniffed(huge), "tiff 320x0") << "a height that no picture has";
  EXPECT_EQ(sniffed("II*\0\xff\xff\xff\xff"s), "tiff 0x0");
}

TEST(SniffIco, TakesTheLargestPicture) {
  const auto entry = [](int width, int height, unsigned offset) {
    return std::string{static_cast<char>(width), static_cast<char>(height)} + "\0\0\x01\0\x20\0"s +
           little_endian(99, 4) + little_endian(offset, 4);
  };
  const std::string two = "\0\0\x01\0\x02\0"s;
  EXPECT_EQ(sniffed(two + entry(16, 16, 38) + entry(48, 32, 137)), "ico 48x32");
  EXPECT_EQ(sniffed(two + entry(0, 0, 38) + entry(48, 48, 137)), "ico 256x256");
  EXPECT_EQ(sniffed(two + entry(16, 16, 38)), "ico 16x16") << "cut off after the first";
  EXPECT_EQ(sniffed(two + entry(16, 16, 3) + entry(48, 48, 137)), "none") << "a picture inside of the directory";
  EXPECT_EQ(sniffed("\0\0\x02\0\x01\0"s + entry(16, 16, 22)), "none") << "a cursor";
  EXPECT_EQ(sniffed("\0\0\x01\0"s), "none");
  EXPECT_EQ(sniffed("\0\0\x01\0\0\0"s + entry(16, 16, 22)), "none") << "no pictures";
}

TEST(SniffJxl, ReadsTheBareSizeHeader) {
  // From real files: 8 by 8 in the short form, each kind of length, and fixed ratios.
  EXPECT_EQ(sniffed("\xff\x0a\x41\xf0\x93\x50"s), "jxl 8x8");
  EXPECT_EQ(sniffed("\xff\x0a\x09\x3c\x7e\x12"s), "jxl 248x40");
  EXPECT_EQ(sniffed("\xff\x0a\x3c\x19\x01\x08\xc0\x4f\x42"s), "jxl 3x9000");
  EXPECT_EQ(sniffed("\xff\x0a\x02\x10\xe0\x3f\x7e\x12"s), "jxl 512x513");
  EXPECT_EQ(sniffed("\xff\x0a\xf8\x3e\xfc\x24\x54"s), "jxl 640x480");
  EXPECT_EQ(sniffed("\xff\x0a\xc8\x52\xfc\x24\x54"s), "jxl 160x90");
  EXPECT_EQ(sniffed("\xff\x0a"s), "jxl 0x0");
}

TEST(SniffJxl, PutsTheCodestreamOfAContainerTogether) {
  const std::string start = box("JXL ", "\r\n\x87\n") + box("ftyp", "jxl \0\0\0\0jxl "s);
  const std::string codestream = "\xff\x0a\x02\x10\xe0\x3f\x7e\x12"s;
  EXPECT_EQ(sniffed(start + box("jxlc", codestream)), "jxl 512x513");
  EXPECT_EQ(sniffed(start + box("Exif", "\xff\x0a\x41\xf0\x93\x50"s) + box("jxlp", "\0\0\0\0\xff"s) +
                    box("jxlp", "\x80\0\0\x01"s + codestream.substr(1))),
            "jxl 512x513");
  EXPECT_EQ(sniffed(start), "jxl 0x0");
}

TEST(Sniff, FindsNoImageInOtherThings) {
  for (const std::string& bytes : std::vector<std::string>{
           "", "x", "\xff", "\xff\xd8", "\x89PNG", "GIF8", "RIFF", "<html></html>", "%PDF-1.7", "{}", "PK\x03\x04"s,
           std::string(64, '\0'), std::string(64, '\xff'), std::string(64, ' ')}) {
    EXPECT_EQ(sniffed(bytes), "none") << bytes;
  }
}

}  // namespace
}  // namespace gannet::decode
