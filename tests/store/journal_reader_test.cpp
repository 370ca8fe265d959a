#include "store/journal_reader.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "support/temp_folder.hpp"

namespace gannet::store {
namespace {

using gannet::test::read_file;
using gannet::test::TempFolder;
using gannet::test::write_file;
using Step = JournalReader::Step;

std::string line_of(std::uint64_t number, std::size_t length = 10) {
  Record record;
  record.time = wall_now();
  record.line = number;
  record.url = "http://example.org/" + std::string(length, 'x');
  std::string text;
  append_json(text, record, "job");
  return text;
}

class JournalReaderTest : public testing::Test {
 protected:
  // "1 2 damaged:3 ..." and the faults.
  std::string read_all() const {
    auto reader = JournalReader::open(path);
    if (!reader) return reader.error().detail;
    std::string all;
    for (;;) {
      const auto step = reader->next();
      if (!step) return all + step.error().detail;
      if (*step == Step::end) return all;
      all += *step == Step::damaged ? "damaged:" + std::to_string(reader->number()) + ' '
                                    : std::to_string(reader->record().line) + ' ';
    }
  }

  TempFolder folder;
  std::filesystem::path path = folder / "results.jsonl";
};

TEST_F(JournalReaderTest, TellsRecordsAndDamageApartAndChangesNothing) {
  const std::string text = line_of(1) + "{}\n" + line_of(2) + line_of(3).substr(0, 30);
  write_file(path, text);
  EXPECT_EQ(read_all(), "1 damaged:2 2 damaged:4 ");
  EXPECT_EQ(read_file(path), text);
}

TEST_F(JournalReaderTest, ReadsRecordsAcrossTheEdgesOfItsBuffer) {
  std::string text, expected;
  for (std::uint64_t line = 1; line <= 40; ++line) {
    text += line_of(line, line * 1000);
    expected += std::to_string(line) + ' ';
  }
  write_file(path, text + line_of(41, 2'000'000));
  EXPECT_EQ(read_all(), expected + "41 ");
}

TEST_F(JournalReaderTest, KnowsTheTextOfARecordAndWhereItEnds) {
  write_file(path, line_of(1) + line_of(2));
  auto reader = JournalReader::open(path);
  ASSERT_TRUE(reader);
  ASSERT_EQ(*reader->next(), Step::record);
  EXPECT_EQ(read_file(path).substr(0, reader->consumed()), std::string(reader->text()) + '\n');
  EXPECT_EQ(reader->consumed(), line_of(1).size());
  EXPECT_EQ(reader->size(), line_of(1).size() * 2);
}

TEST_F(JournalReaderTest, DoesNotKeepALineThatNeverEnds) {
  {
    std::ofstream file(path, std::ios::binary);
    file << line_of(1);
    const std::string piece(1 << 20, 'x');
    for (int i = 0; i < 70; ++i) file << piece;
    file << '\n' << line_of(2);
  }
  EXPECT_EQ(read_all(), "1 damaged:2 2 ");
  auto reader = JournalReader::open(path);
  ASSERT_TRUE(reader);
  ASSERT_EQ(*reader->next(), Step::record);
  ASSERT_EQ(*reader->next(), Step::damaged);
  EXPECT_EQ(reader->damage(), "too long for a record");
}

TEST_F(JournalReaderTest, OpensNothingButAFile) {
  EXPECT_FALSE(JournalReader::open(path));
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  EXPECT_FALSE(JournalReader::open(path));
  std::filesystem::remove(path);
  write_file(folder / "other", line_of(1));
  std::filesystem::create_symlink("other", path);
  EXPECT_FALSE(JournalReader::open(path));
}

}  // namespace
}  // namespace gannet::store
