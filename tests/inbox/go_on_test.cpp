// Lists that are gone on with in the middle: from every place that can be marked, what is read is what would have been.
#include "inbox/inbox_support.hpp"

namespace gannet::inbox {
namespace {

using namespace test;

class GoOn : public testing::Test {
 protected:
  static std::string text_of(const std::string& extension, int rows) {
    std::string text;
    if (extension == "csv") text = "\xef\xbb\xbf# pictures\n\ncaption,url\n";
    if (extension == "txt" || extension == "jsonl") text = "#! fetch.tries=2\r\n\r\n";
    for (int i = 0; i < rows; ++i) {
      const auto url = "http://example.org/" + std::to_string(i);
      if (extension == "txt") text += url + (i % 5 == 0 ? "\r\n" : "\n");
      if (extension == "jsonl") text += "{\"url\":\"" + url + "\",\"n\":" + std::to_string(i) + "}\n";
      if (extension == "csv") text += (i % 4 == 0 ? "\"two\nlines\"," : i % 7 == 0 ? "a\"b," : "x,") + url + "\n";
      if (i % 11 == 0) text += "\n# a comment\n#! fetch.tries=3\n";
      if (extension == "csv" && i % 50 == 49) text += "\"never closed," + url + "\n\"x\"y,z\n";
    }
    return text;
  }

  // Every mark there is when the list is read in small pieces, with how many rows were in front of it.
  static std::vector<std::pair<ListMark, std::size_t>> marks_of(RowSource& list, std::vector<Row>& rows) {
    std::vector<std::pair<ListMark, std::size_t>> marks;
    for (bool more = true; more;) {
      more = list.read(rows, 7).value();
      if (const auto mark = list.mark()) marks.emplace_back(*mark, rows.size());
    }
    return marks;
  }

  static void expect_same(const std::vector<Row>& rows, const std::vector<Row>& all, std::size_t from) {
    ASSERT_EQ(rows.size(), all.size() - from);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const Row &row = rows[i], &truth = all[from + i];
      ASSERT_EQ(row.line, truth.line);
      ASSERT_EQ(row.key, truth.key);
      ASSERT_EQ(row.url, truth.url);
      ASSERT_EQ(row.fault, truth.fault);
      ASSERT_EQ(row.extras ? row.extras->columns : "", truth.extras ? truth.extras->columns : "");
    }
  }

  TemporaryFolder folder_;
};

TEST_F(GoOn, FromAnyMarkOfAnyFormTheRestIsTheSame) {
  for (const std::string extension : {"txt", "csv", "jsonl"}) {
    for (const auto compression : {Compression::plain, Compression::gzip, Compression::zstd, Compression::xz}) {
      SCOPED_TRACE(extension + std::to_string(static_cast<int>(compression)));
      const auto file = write_compressed(folder_.path() / ("list." + extension), text_of(extension, 600), compression);
      std::vector<Row> all;
      const auto marks = marks_of(**open_list(file, {.max_line = 1024}), all);
      ASSERT_GT(marks.size(), 50u);
      for (const auto& [mark, rows_before] : marks) {
        SCOPED_TRACE(mark.line);
        const auto list = open_list(file, {.max_line = 1024}).value();
        const bool jumped = list->go_on_from(mark);
        EXPECT_EQ(jumped, mark.key > 100) << "the first rows have been looked at already";
        ASSERT_NO_FATAL_FAILURE(expect_same(read_all(*list).rows, all, jumped ? rows_before : 0));
      }
    }
  }
}

TEST_F(GoOn, APlainListIsNotReadUpToThere) {
  const auto file = write_file(folder_.path() / "list.txt", text_of("txt", 200'000));
  std::vector<Row> all;
  const auto mark = marks_of(**open_list(file, {}), all).back().first;
  // What is in front of the mark, behind the first rows, is not looked at any more.
  auto text = read_file(file);
  std::fill(text.begin() + (1 << 20), text.begin() + static_cast<std::ptrdiff_t>(mark.offset) - 1, '\n');
  write_file(file, text);
  const auto list = open_list(file, {}).value();
  ASSERT_TRUE(list->go_on_from(mark));
  EXPECT_GT(list->progress(), 0.99);
  EXPECT_EQ(read_all(*list).rows.size(), 0u);
  EXPECT_EQ(list->mark(), mark);
}

TEST_F(GoOn, AnUnlikelyMarkLosesNoRow) {
  const auto text = text_of("txt", 1000);
  const auto file = write_file(folder_.path() / "list.txt", text);
  const auto fresh = [&] { return open_list(file, {}).value(); };
  const auto list = fresh();
  EXPECT_FALSE(list->go_on_from({0, 0, 0}));
  EXPECT_FALSE(list->go_on_from({5, 500, 500}));
  EXPECT_FALSE(list->go_on_from({5000, 1, 500}));
  EXPECT_FALSE(list->go_on_from({5000, 500, 1}));
  EXPECT_EQ(read_all(*list).rows.size(), 1000u);
  const auto beyond = fresh();
  ASSERT_TRUE(beyond->go_on_from({std::uint64_t{1} << 60, 500, 500}));
  const auto read = read_all(*beyond);
  EXPECT_EQ(read.rows.size(), 0u);
  EXPECT_EQ(read.fault.detail, "the list ends before the line where its job had got to");
}

TEST_F(GoOn, ATruncatedArchiveIsStillToldOf) {
  const auto file = write_compressed(folder_.path() / "list.txt.gz", text_of("txt", 300'000), Compression::gzip);
  std::vector<Row> all;
  const auto marks = marks_of(**open_list(file, {}), all);
  std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
  const auto list = open_list(file, {}).value();
  ASSERT_TRUE(list->go_on_from(marks.back().first));
  const auto read = read_all(*list);
  EXPECT_EQ(read.rows.size(), 0u);
  EXPECT_NE(read.fault.detail.find("truncated or damaged"), std::string::npos) << read.fault.detail;
}

TEST_F(GoOn, AMarkIsNeverWithinALineOrARecord) {
  const auto file = write_file(folder_.path() / "list.csv", text_of("csv", 600));
  std::vector<Row> all;
  for (const auto& [mark, rows_before] : marks_of(**open_list(file, {.max_line = 1024}), all)) {
    EXPECT_EQ(read_file(file)[mark.offset - 1], '\n');
    EXPECT_EQ(mark.key, rows_before);
  }
}

}  // namespace
}  // namespace gannet::inbox
