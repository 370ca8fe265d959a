#include "store/progress.hpp"

#include <gtest/gtest.h>

namespace gannet::store {
namespace {

class Marks : public testing::Test {
 protected:
  void done(std::uint64_t line) {
    Record record;
    record.line = line;
    EXPECT_TRUE(progress.add(record));
  }
  ListMark moved_to() {
    keeper.advance(progress);
    return progress.mark;
  }

  Progress progress;
  MarkKeeper keeper;
};

TEST(Prints, TellWhenLinesHaveChangedPlaces) {
  EXPECT_NE(print_of(1, "a") + print_of(2, "b"), print_of(1, "b") + print_of(2, "a"));
  EXPECT_NE(print_of(1, "a"), print_of(2, "a"));
  EXPECT_NE(print_of(1, ""), print_of(1, "a"));
  EXPECT_EQ(print_of(3, "http://a.example/"), 14546551292u) << "checkpoints of other processes have it too";
}

TEST(Prints, TellWhenLinesHaveOtherKeys) {
  EXPECT_NE(print_of(2, std::uint64_t{1}) + print_of(3, std::uint64_t{2}),
            print_of(2, std::uint64_t{2}) + print_of(3, std::uint64_t{1}));
  EXPECT_NE(print_of(3, std::uint64_t{1}), print_of(3, std::uint64_t{2}));
}

TEST_F(Marks, StayWhereALineIsMissing) {
  const ListMark first{100, 10, 10}, second{200, 20, 20};
  keeper.read_to(first);
  keeper.read_to(second);
  EXPECT_EQ(moved_to(), ListMark());
  for (std::uint64_t line = 20; line > 1; --line) done(line);
  EXPECT_EQ(moved_to(), ListMark());
  done(1);
  EXPECT_EQ(moved_to(), second);
}

TEST_F(Marks, MoveOverLinesThatAreNoRows) {
  keeper.read_to({100, 10, 2});
  keeper.read_to({200, 300, 3});
  keeper.read_to({300, 301, 4});
  done(4);
  done(10);
  EXPECT_EQ(moved_to(), (ListMark{100, 10, 2}));
  done(301);
  EXPECT_EQ(moved_to(), (ListMark{100, 10, 2}));
  done(299);
  EXPECT_EQ(moved_to(), (ListMark{300, 301, 4}));
  EXPECT_TRUE(progress.lines.contains(5)) << "no row";
  EXPECT_FALSE(progress.lines.contains(302));
}

TEST_F(Marks, KeepNoMoreInMemoryThanWhatIsBehindThem) {
  for (std::uint64_t line = 1; line <= 1'000'000; ++line) {
    done(line);
    progress.files.insert(line - 1);
    if (line % 1000 == 0) keeper.read_to({line * 10, line, line});
  }
  done(1'000'002);
  EXPECT_EQ(moved_to(), (ListMark{10'000'000, 1'000'000, 1'000'000}));
  EXPECT_LE(progress.lines.words().size(), 400'000u / 64) << "no more than was asked for ahead";
  EXPECT_EQ(progress.lines.settled(), 1'000'000u);
  EXPECT_EQ(progress.files.settled(), 1'000'000u);
  EXPECT_FALSE(progress.lines.contains(1'000'001));
  EXPECT_TRUE(progress.lines.contains(1'000'002));
  EXPECT_EQ(progress.totals.lines, 1'000'001u);
}

TEST_F(Marks, GoOnFromWhereAnEarlierRunGotTo) {
  progress.mark = {1000, 130, 100};
  progress.lines = LineSet(128, {});
  for (const std::uint64_t line : {129, 130}) done(line);
  keeper.read_to({500, 60, 50});
  EXPECT_EQ(moved_to(), (ListMark{1000, 130, 100})) << "that part is read again when the list cannot be jumped into";
  keeper.read_to({1100, 132, 102});
  done(131);
  EXPECT_EQ(moved_to(), (ListMark{1000, 130, 100}));
  done(132);
  EXPECT_EQ(moved_to(), (ListMark{1100, 132, 102}));
}

TEST_F(Marks, CountALineOnce) {
  done(1);
  Record again;
  again.line = 1;
  EXPECT_FALSE(progress.add(again));
  EXPECT_EQ(progress.totals.lines, 1u);
  EXPECT_EQ(progress.journal_lines, 2u);
}

}  // namespace
}  // namespace gannet::store
