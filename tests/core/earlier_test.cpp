#include "core/earlier.hpp"

#include <gtest/gtest.h>

#include "core/layout.hpp"

namespace gannet {
namespace {

TEST(Validators, AreWhatMayStandInAHeader) {
  for (const std::string good : {R"("")", R"("abc")", R"(W/"abc-123")", R"("!#$%~")"})
    EXPECT_TRUE(is_etag(good)) << good;
  for (const std::string bad : {"", "\"", "abc", "*", "w/\"a\"", "\"a\"b\"", "\"a b\"", "\"a\r\nX: y\"", "\"\x80\"",
                                "\"\x7f\"", "\"a\", \"b\"", "W/", "W/\""}) {
    EXPECT_FALSE(is_etag(bad)) << bad;
  }
  EXPECT_FALSE(is_etag(std::string("\"a\0b\"", 5)));
  EXPECT_TRUE(is_etag('"' + std::string(254, 'a') + '"'));
  EXPECT_FALSE(is_etag('"' + std::string(255, 'a') + '"'));

  EXPECT_TRUE(is_last_modified("Sun, 06 Nov 1994 08:49:37 GMT"));
  EXPECT_TRUE(is_last_modified(std::string(64, 'a')));
  for (const std::string& bad : {std::string(), std::string(65, 'a'), std::string("a\r\nX: y"), std::string(" a"),
                                 std::string("a "), std::string("\x80"), std::string("a\0b", 3)}) {
    EXPECT_FALSE(is_last_modified(bad)) << bad;
  }
}

TEST(ImagePath, IsAsTheStoreMakesIt) {
  EXPECT_TRUE(is_image_path("images/20261123T051851-0001-photos/00000/000000011.jpg"));
  EXPECT_TRUE(is_image_path("images/j/123456/1234567890.bin"));
  for (const auto* bad : {"", "images", "images/", "/images/j/00000/000000000.jpg", "images/../00000/000000000.jpg",
                          "images/.j/00000/000000000.jpg", "images//00000/000000000.jpg", "images/j/0000/000000000.jpg",
                          "images/j/00000/00000000.jpg", "images/j/00000/000000000", "images/j/00000/000000000.",
                          "images/j/00000/000000000.JPG", "images/j/00000/000000000.jpg/", "images/j/../000000000.jpg",
                          "images/j/00000/000000000.tar.gz", "images/j k/00000/000000000.jpg",
                          "images/j/00000/000000000.ninechars", "other/j/00000/000000000.jpg"}) {
    EXPECT_FALSE(is_image_path(bad)) << bad;
  }
}

}  // namespace
}  // namespace gannet
