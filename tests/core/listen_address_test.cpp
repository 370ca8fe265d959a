#include "core/listen_address.hpp"

#include <gtest/gtest.h>

namespace gannet {
namespace {

std::string read(std::string_view text) {
  const auto address = parse_listen_address(text);
  return address ? address->text() : "";
}

TEST(ListenAddress, IsTheLoopbackUnlessOneIsGiven) {
  EXPECT_EQ(read("9469"), "127.0.0.1:9469");
  EXPECT_EQ(read("localhost:9469"), "127.0.0.1:9469");
  EXPECT_EQ(read("192.0.2.1:1"), "192.0.2.1:1");
  EXPECT_EQ(read("0.0.0.0:65535"), "0.0.0.0:65535");
  EXPECT_EQ(read("[::1]:9469"), "[::1]:9469");
  EXPECT_EQ(read("[::]:9469"), "[::]:9469");
}

TEST(ListenAddress, IsNothingElse) {
  for (const auto* text : {"", "0", "65536", "-1", "+1", " 1", "1 ", "0x1", ":9469", "9469:", "127.0.0.1",
                           "127.0.0.1:0", "::1:9469", "[::1]", "[127.0.0.1]:1", "host.example:1", "[]:1", "[::1:1"}) {
    EXPECT_EQ(read(text), "") << text;
  }
}

}  // namespace
}  // namespace gannet
