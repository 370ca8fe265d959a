#include "decode/memory_file.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

namespace gannet::decode {
namespace {

using For = Mapping::For;

TEST(Tray, ShowsEachImageToThoseThatHaveItOpen) {
  auto tray = Tray::make();
  ASSERT_TRUE(tray);
  const Mapping seen(tray->file(), Tray::size, For::reading);
  EXPECT_TRUE(tray->put("first"));
  EXPECT_EQ(seen.view().substr(0, 5), "first");
  EXPECT_TRUE(tray->put(std::string(Tray::size, 'x')));
  EXPECT_EQ(seen.view().back(), 'x');
  EXPECT_TRUE(tray->put(""));
  EXPECT_FALSE(tray->put(std::string(Tray::size + 1, 'y')));
  EXPECT_EQ(seen.view().front(), 'x');
}

TEST(Tray, CanBeChangedByNobodyElse) {
  const auto tray = Tray::make();
  ASSERT_TRUE(tray);
  EXPECT_EQ(::write(tray->file(), "x", 1), -1);
  EXPECT_EQ(::ftruncate(tray->file(), 1), -1);
  EXPECT_TRUE(Mapping(tray->file(), Tray::size, For::writing).view().empty());
  Mapping seen(tray->file(), Tray::size, For::reading);
  EXPECT_EQ(::mprotect(seen.data(), Tray::size, PROT_READ | PROT_WRITE), -1);
}

TEST(MemoryFile, IsSealedWithWhatItHolds) {
  const Descriptor file = make_sealed("an image");
  ASSERT_TRUE(file);
  EXPECT_EQ(Mapping(file.get(), 8, For::reading).view(), "an image");
  EXPECT_EQ(::write(file.get(), "x", 1), -1);
  EXPECT_TRUE(Mapping(file.get(), 8, For::writing).view().empty());
}

TEST(Seal, TakesWhatWasWrittenAndKeepsIt) {
  const Descriptor file = make_writable();
  ASSERT_EQ(::write(file.get(), "made", 4), 4);
  const auto made = seal(file.get(), 4);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->view(), "made");
  EXPECT_EQ(::write(file.get(), "x", 1), -1);
}

TEST(Seal, RefusesWhatIsTooLargeOrMayStillChange) {
  const Descriptor large = make_writable();
  ASSERT_EQ(::write(large.get(), "made", 4), 4);
  EXPECT_FALSE(seal(large.get(), 3));

  const Descriptor open = make_writable();
  ASSERT_EQ(::write(open.get(), "made", 4), 4);
  const Mapping writer(open.get(), 4, For::writing);
  EXPECT_FALSE(seal(open.get(), 4));
}

}  // namespace
}  // namespace gannet::decode
