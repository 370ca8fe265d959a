#include "store/journal.hpp"

#include <gtest/gtest.h>

#include "support/file_size_limit.hpp"
#include "support/temp_folder.hpp"

namespace gannet::store {
namespace {

using gannet::test::FileSizeLimit;
using gannet::test::read_file;
using gannet::test::TempFolder;
using gannet::test::write_file;

std::string line_of(std::uint64_t number) {
  Record record;
  record.time = wall_now();
  record.line = number;
  record.url = "http://example.org/k\xc3\xa4tzchen " + std::to_string(number);
  std::string text;
  append_json(text, record, "job");
  return text;
}

class JournalTest : public testing::Test {
 protected:
  // The lines that are read back, or why they could not be.
  std::string replayed() const {
    std::string lines;
    const auto done = replay(path, [&](const Record& record) { lines += std::to_string(record.line) + ' '; });
    return done ? lines : done.error().detail;
  }

  TempFolder folder;
  std::filesystem::path path = folder / "results.jsonl";
};

TEST_F(JournalTest, ReadsBackWhatWasAppended) {
  {
    auto journal = Journal::open(path);
    ASSERT_TRUE(journal);
    ASSERT_TRUE(journal->append(line_of(3) + line_of(1)));
    ASSERT_TRUE(journal->append(line_of(2)));
    ASSERT_TRUE(journal->sync());
  }
  EXPECT_EQ(replayed(), "3 1 2 ");
}

TEST_F(JournalTest, GoesOnWhereItEnded) {
  for (std::uint64_t line = 1; line <= 3; ++line) ASSERT_TRUE(Journal::open(path)->append(line_of(line)));
  EXPECT_EQ(replayed(), "1 2 3 ");
}

TEST_F(JournalTest, IsEmptyWhenItIsMissing) {
  EXPECT_EQ(replayed(), "");
  EXPECT_FALSE(std::filesystem::exists(path)) << "reading makes no file";
}

TEST_F(JournalTest, IsEmptyWhenNothingWasAppended) {
  ASSERT_TRUE(Journal::open(path));
  EXPECT_EQ(replayed(), "");
}

TEST_F(JournalTest, CutsATornEndWhereverItIsTorn) {
  const std::string good = line_of(1) + line_of(2);
  const std::string last = line_of(3);
  for (std::size_t length = 0; length < last.size(); ++length) {
    write_file(path, good + last.substr(0, length));
    ASSERT_EQ(replayed(), "1 2 ") << length;
    ASSERT_EQ(read_file(path), good) << length;
    ASSERT_TRUE(Journal::open(path)->append(line_of(4)));
    ASSERT_EQ(replayed(), "1 2 4 ") << length;
  }
  write_file(path, good + last);
  EXPECT_EQ(replayed(), "1 2 3 ");
}

TEST_F(JournalTest, CutsTheOnlyRecordWhenItIsTorn) {
  write_file(path, line_of(1).substr(0, 20));
  EXPECT_EQ(replayed(), "");
  EXPECT_EQ(read_file(path), "");
}

// A file system may have grown the file without having written its blocks.
TEST_F(JournalTest, CutsWhatIsNoRecordAtItsEnd) {
  for (const auto& garbage : {std::string(4096, '\0'), std::string("\0\0\n\0\0\n", 6), std::string("\n"),
                              line_of(2).substr(5), std::string("{}\n{}\n{\"line\":")}) {
    write_file(path, line_of(1) + garbage);
    EXPECT_EQ(replayed(), "1 ");
    EXPECT_EQ(read_file(path).size(), line_of(1).size());
  }
}

// Of blocks that were not synced one may be there without the one before it.
TEST_F(JournalTest, CutsAHoleAndWhatIsBehindIt) {
  std::string half = line_of(2);
  std::fill(half.begin() + 5, half.end() - 5, '\0');
  for (const auto& hole : {std::string(4096, '\0'), std::string(4096, '\0') + '\n', half}) {
    const std::string whole = line_of(1);
    write_file(path, whole + hole + line_of(3) + line_of(4));
    EXPECT_EQ(replayed(), "1 ");
    EXPECT_EQ(read_file(path), whole);
  }
}

TEST_F(JournalTest, IsDamagedWhenGoodRecordsFollowABadLine) {
  const std::string text = line_of(1) + "{\"torn\n" + line_of(2);
  write_file(path, text);
  const auto done = replay(path, [](const Record&) {});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().reason, Reason::disk_error);
  EXPECT_NE(done.error().detail.find("results.jsonl:2:"), std::string::npos) << done.error().detail;
  EXPECT_EQ(read_file(path), text) << "a person must look at it, so nothing is changed";
}

TEST_F(JournalTest, IsDamagedWhenItCannotBeRead) {
  std::filesystem::create_directory(path);
  const auto done = replay(path, [](const Record&) {});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().reason, Reason::disk_error);
}

TEST_F(JournalTest, TakesBackWhatDidNotFit) {
  auto journal = Journal::open(path);
  ASSERT_TRUE(journal);
  ASSERT_TRUE(journal->append(line_of(1)));
  const std::string before = read_file(path);
  std::string many;
  for (std::uint64_t line = 2; many.size() < 100000; ++line) many += line_of(line);
  {
    const FileSizeLimit nearly_full(65536);
    EXPECT_FALSE(journal->append(many));
  }
  EXPECT_EQ(read_file(path), before);
  ASSERT_TRUE(journal->append(line_of(2)));
  EXPECT_EQ(replayed(), "1 2 ");
}

TEST_F(JournalTest, CannotBeOpenedWithoutItsFolderOrThroughALink) {
  EXPECT_FALSE(Journal::open(folder / "gone/results.jsonl"));
  std::filesystem::create_symlink("elsewhere", path);
  EXPECT_FALSE(Journal::open(path));
}

}  // namespace
}  // namespace gannet::store
