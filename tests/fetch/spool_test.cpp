#include "fetch/spool.hpp"

#include <gtest/gtest.h>

#include "fetch/busy_disk.hpp"
#include "net/run.hpp"
#include "support/file_size_limit.hpp"
#include "support/temp_folder.hpp"

namespace gannet::fetch {
namespace {

Body body_of(std::string_view text) {
  Body body;
  body.append(text);
  return body;
}

class SpoolTest : public testing::Test {
 protected:
  std::shared_ptr<SpooledBody> begin(Spool& disk) {
    return std::make_shared<SpooledBody>(io, disk, [this](ByteCount count) { written += count; });
  }

  // What was spooled and this behind it, or the reason why not.
  std::string load(SpooledBody& spooled, std::string_view rest = {}) {
    auto loaded = net::run(io, spooled.load(body_of(rest)));
    return loaded ? std::string(loaded->view()) : std::string(to_string(loaded.error().reason));
  }

  test::TempFolder folder;
  boost::asio::io_context io;
  ByteCount written = 0;
  Spool spool{folder.path()};
};

TEST_F(SpoolTest, PiecesComeBackInTheirOrderWithTheRestBehindThem) {
  const auto one = begin(spool), two = begin(spool);
  std::string expected;
  for (int i = 0; i < 100; ++i) {
    const std::string piece(static_cast<std::size_t>(i), static_cast<char>('a' + i % 26));
    one->add(body_of(piece));
    two->add(body_of("x"));
    expected += piece;
  }
  EXPECT_EQ(load(*one, "rest"), expected + "rest");
  EXPECT_EQ(load(*two), std::string(100, 'x'));
}

TEST_F(SpoolTest, TellsWhatIsNoLongerInMemory) {
  const auto one = begin(spool);
  {
    const BusyDisk busy(spool);
    one->add(body_of("hello, "));
    one->add(body_of("world"));
    io.poll();
    EXPECT_EQ(written, 0u);
  }
  EXPECT_EQ(load(*one), "hello, world");
  EXPECT_EQ(written, 12u);
}

TEST_F(SpoolTest, LeavesNoNameBehind) {
  const auto one = begin(spool);
  one->add(body_of("hello"));
  while (written == 0) net::turn_once(io);
  EXPECT_EQ(test::names_in(folder.path()), std::vector<std::string>());
}

TEST_F(SpoolTest, ADiskThatTakesOnlyAPartLosesTheBodyAndTakesNoMoreUntilItIsAskedAgain) {
  const auto one = begin(spool);
  {
    const test::FileSizeLimit full(8);
    one->add(body_of("hello, "));
    one->add(body_of("world"));
    one->add(body_of("!"));
    EXPECT_EQ(load(*one), "disk_error");
  }
  EXPECT_EQ(written, 13u) << "it is in memory no more, whatever became of it";
  ASSERT_TRUE(one->fault());
  EXPECT_FALSE(spool.takes());
  spool.try_again();
  EXPECT_TRUE(spool.takes());
  const auto two = begin(spool);
  two->add(body_of("hello"));
  EXPECT_EQ(load(*two), "hello");
  EXPECT_TRUE(spool.takes());
}

TEST_F(SpoolTest, AFolderThatIsNotThereRefuses) {
  Spool nowhere(folder / "gone");
  const auto one = begin(nowhere);
  one->add(body_of("hello"));
  EXPECT_EQ(load(*one), "disk_error");
  EXPECT_FALSE(nowhere.takes());
}

TEST_F(SpoolTest, LeavesSoMuchFree) {
  const auto space = std::filesystem::space(folder.path());
  Spool modest(folder.path(), space.capacity);
  const auto one = begin(modest);
  one->add(body_of("hello"));
  EXPECT_EQ(load(*one), "disk_full");
  EXPECT_FALSE(modest.takes());
}

}  // namespace
}  // namespace gannet::fetch
