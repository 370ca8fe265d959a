#include "decode/reader.hpp"

#include <gtest/gtest.h>

namespace gannet::decode {
namespace {

TEST(Reader, ReadsNumbersInTheGivenByteOrder) {
  Reader big("\x01\x02\x03\x04\x05\x06");
  EXPECT_EQ(big.u8(), 0x01u);
  EXPECT_EQ(big.u16(), 0x0203u);
  EXPECT_EQ(big.u24(), 0x040506u);
  EXPECT_TRUE(big.ok());

  Reader little("\x01\x02\x03\x04\x05\x06\x07\xf8", std::endian::little);
  EXPECT_EQ(Reader(little).u32(), 0x04030201u);
  EXPECT_EQ(little.u64(), 0xf807060504030201u);
  EXPECT_TRUE(little.ok());
}

TEST(Reader, GivesZerosForGoodOnceTooMuchWasAskedFor) {
  Reader reader("\x01\x02\x03");
  EXPECT_EQ(reader.u32(), 0u);
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.u8(), 0u);
  EXPECT_TRUE(reader.left().empty());
}

TEST(Reader, TakesAllOrNothing) {
  Reader reader("abc");
  EXPECT_EQ(reader.take(2), "ab");
  EXPECT_EQ(reader.left(), "c");
  EXPECT_EQ(reader.take(UINT64_MAX), "");
  EXPECT_FALSE(reader.ok());
}

}  // namespace
}  // namespace gannet::decode
