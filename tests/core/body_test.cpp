#include "core/body.hpp"

#include <gtest/gtest.h>

#include <string>

namespace gannet {
namespace {

TEST(Body, IsEmptyAndHoldsNoMemoryAtFirst) {
  Body body;
  EXPECT_TRUE(body.empty());
  EXPECT_EQ(body.view(), "");
  EXPECT_EQ(body.capacity(), 0u);
  body.append("");
  EXPECT_EQ(body.capacity(), 0u);
}

TEST(Body, HoldsWhatWasReadIntoIt) {
  Body body;
  const auto room = body.prepare(10);
  ASSERT_GE(room.size(), 10u);
  std::memcpy(room.data(), "abcdef", 6);
  EXPECT_TRUE(body.empty()) << "nothing is there before it is committed";
  body.commit(6);
  EXPECT_EQ(body.view(), "abcdef");
  body.append("gh");
  EXPECT_EQ(body.view(), "abcdefgh");
}

TEST(Body, KeepsItsBytesWhileItGrows) {
  Body body;
  std::string expected;
  for (int i = 0; i < 2000; ++i) {
    const std::string piece = std::to_string(i);
    body.append(piece);
    expected += piece;
  }
  EXPECT_EQ(body.view(), expected);
  EXPECT_LE(body.capacity(), 2 * expected.size() + 8);
}

TEST(Body, ForgetsItsFrontAndItsEnd) {
  Body body;
  body.append("header|body|rest");
  body.drop_front(7);
  EXPECT_EQ(body.view(), "body|rest");
  body.truncate(4);
  EXPECT_EQ(body.view(), "body");
  body.append("!");
  EXPECT_EQ(body.view(), "body!");
  body.drop_front(5);
  EXPECT_TRUE(body.empty());
}

TEST(Body, LeavesTheDroppedFrontBehindWhenItGrows) {
  Body body;
  body.append(std::string(100, 'x'));
  body.drop_front(90);
  body.append(std::string(50, 'y'));
  EXPECT_EQ(body.view(), std::string(10, 'x') + std::string(50, 'y'));
  EXPECT_EQ(body.capacity(), 60u);
}

TEST(Body, MovesWithoutCopying) {
  Body body;
  body.append("bytes");
  const char* where = body.view().data();
  const Body moved = std::move(body);
  EXPECT_EQ(moved.view(), "bytes");
  EXPECT_EQ(moved.view().data(), where);
}

TEST(Body, GivesBackRoomThatItDoesNotNeed) {
  Body body;
  body.prepare(64 << 10);
  body.append("head and picture");
  body.drop_front(9);
  body.shrink();
  EXPECT_LT(body.capacity(), 1u << 10);
  EXPECT_EQ(body.view(), "picture");
  body.append(", and more");
  EXPECT_EQ(body.view(), "picture, and more");
}

TEST(Body, KeepsTheRoomThatIsStillToBeFilled) {
  Body body;
  body.prepare(64 << 10);
  body.append("begin");
  body.shrink(20000);
  EXPECT_EQ(body.capacity(), 20005u);
  EXPECT_EQ(body.prepare(20000).size(), 20000u);
  body.shrink(30000);
  EXPECT_EQ(body.capacity(), 20005u);
  EXPECT_EQ(body.view(), "begin");
}

TEST(Body, GivesBackAllRoomWhenItIsEmpty) {
  Body body;
  body.prepare(64 << 10);
  body.append("head");
  body.drop_front(4);
  body.shrink();
  EXPECT_EQ(body.capacity(), 0u);
  body.append("more");
  EXPECT_EQ(body.view(), "more");
}

}  // namespace
}  // namespace gannet
