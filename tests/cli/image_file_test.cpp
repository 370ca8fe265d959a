#include "cli/image_file.hpp"

#include <gtest/gtest.h>

namespace gannet::cli {
namespace {

TEST(ImagePathTest, IsTakenApart) {
  const auto path = parse_image_path("images/20261126T120000-0001-cats/00012/000123456.jpg");
  ASSERT_TRUE(path);
  EXPECT_EQ(path->job, "20261126T120000-0001-cats");
  EXPECT_EQ(path->shard, "00012");
  EXPECT_EQ(path->name, "000123456.jpg");
  EXPECT_EQ(path->key, 123456u);
  EXPECT_TRUE(parse_image_path("images/a/123456/1234567890.webp"));
}

TEST(ImagePathTest, IsNothingElse) {
  for (const char* path : {"",
                           "/",
                           "images",
                           "images/",
                           "images//00000/000000001.jpg",
                           "images/a/00000",
                           "images/a/00000/",
                           "images/a/00000/000000001",
                           "images/a/00000/000000001.",
                           "images/a/00000/00000001.jpg",
                           "images/a/0000/000000001.jpg",
                           "images/a/0000x/000000001.jpg",
                           "images/../00000/000000001.jpg",
                           "images/./00000/000000001.jpg",
                           "images/a/../000000001.jpg",
                           "images/a/00000/../000000001.jpg",
                           "/images/a/00000/000000001.jpg",
                           "images/a/00000/000000001.JPG",
                           "images/a/00000/000000001.jpg/x",
                           "images/a/00000/000000001.jpg.tmp",
                           "images/a/00000/0000000001.jpg",
                           "images/a/00000/99999999999999999999.jpg",
                           "state/a/00000/000000001.jpg"}) {
    EXPECT_FALSE(parse_image_path(path)) << path;
  }
  EXPECT_FALSE(parse_image_path(std::string_view("images/a/00000/000000001.jp\0g", 28)));
}

}  // namespace
}  // namespace gannet::cli
