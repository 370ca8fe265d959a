#include "core/keyed_hash.hpp"

#include <gtest/gtest.h>

#include <string>

namespace gannet {
namespace {

TEST(KeyedHash, IsTheSameForTheSameText) {
  KeyedHash hash;
  const auto first = hash("http://example.org/a.jpg");
  EXPECT_NE(hash("http://example.org/b.jpg"), first);
  EXPECT_NE(hash(""), first);
  EXPECT_EQ(hash("http://example.org/a.jpg"), first);
}

TEST(KeyedHash, IsAnotherForEachKey) {
  KeyedHash one, other;
  EXPECT_NE(one("http://example.org/a.jpg"), other("http://example.org/a.jpg"));
}

TEST(KeyedHash, TakesAnyBytes) {
  KeyedHash hash;
  EXPECT_NE(hash(std::string("a\0b", 3)), hash("a"));
  EXPECT_NE(hash(std::string(100000, 'x')), hash(std::string(100001, 'x')));
}

}  // namespace
}  // namespace gannet
