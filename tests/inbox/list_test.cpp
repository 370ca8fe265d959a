// Every format in every compression, and what goes for all of them.
#include "inbox/list.hpp"

#include "inbox/inbox_support.hpp"

namespace gannet::inbox {
namespace {

using namespace test;
using testing::Test;

std::string detail_of(const std::filesystem::path& file) {
  const auto list = open_list(file, {});
  return list ? "it is a list" : list.error().detail;
}

struct Format {
  const char* extension;
  const char* text;
  std::vector<std::uint64_t> lines;
};

class EveryFormat : public testing::TestWithParam<std::tuple<Format, Compression>> {
 protected:
  TemporaryFolder folder_;
};

TEST_P(EveryFormat, GivesRowsWithLinesAndKeys) {
  const auto& [format, compression] = GetParam();
  const auto file = folder_.path() / ("list" + std::string(format.extension));
  if (compression == Compression::plain) {
    write_file(file, format.text);
  } else {
    write_compressed(file, format.text, compression);
  }
  const auto list = read_all(file);
  EXPECT_EQ(list.fault.detail, "");
  EXPECT_EQ(urls(list.rows), (std::vector<std::string>{"https://a.example/1.jpg", "https://a.example/2.jpg"}));
  EXPECT_EQ(lines(list.rows), format.lines);
  ASSERT_EQ(list.rows.size(), 2u);
  EXPECT_EQ(list.rows[0].key, 0u);
  EXPECT_EQ(list.rows[1].key, 1u);
}

// With a byte order mark, CRLF, blank lines and comments each; the last line has no newline.
const Format txt{
    ".txt", "\xef\xbb\xbf# comment\r\n\r\nhttps://a.example/1.jpg\r\n#c\r\n https://a.example/2.jpg", {3, 5}};
const Format urls_format{".urls", "https://a.example/1.jpg\n\n\nhttps://a.example/2.jpg\n", {1, 4}};
const Format csv{
    ".csv", "\xef\xbb\xbf#c\r\nurl,x\r\n\r\nhttps://a.example/1.jpg,1\r\n# c\r\nhttps://a.example/2.jpg,2", {4, 6}};
const Format tsv{".tsv", "x\turl\n1\thttps://a.example/1.jpg\n# comment\n2\thttps://a.example/2.jpg\n", {2, 4}};
const Format jsonl{
    ".jsonl",
    "\xef\xbb\xbf{\"url\":\"https://a.example/1.jpg\"}\r\n#c\r\n\r\n{\"url\": \"https://a.example/2.jpg\"}",
    {1, 4}};

INSTANTIATE_TEST_SUITE_P(AndCompression, EveryFormat,
                         testing::Combine(testing::Values(txt, urls_format, csv, tsv, jsonl),
                                          testing::Values(Compression::plain, Compression::gzip, Compression::zstd,
                                                          Compression::xz)));

class List : public Test {
 protected:
  std::filesystem::path write(const std::string& name, std::string_view text) {
    return write_file(folder_.path() / name, text);
  }
  TemporaryFolder folder_;
};

TEST_F(List, CompressionIsToldByContentNotName) {
  EXPECT_EQ(read_all(write_compressed(folder_.path() / "a.txt", "x\n", Compression::zstd)).rows.size(), 1u);
  EXPECT_EQ(read_all(write("a.txt.gz", "x\n")).rows.size(), 1u);
}

TEST_F(List, ConcatenatedMembersAreOneList) {
  for (const auto compression : {Compression::gzip, Compression::zstd, Compression::xz}) {
    const auto member = read_file(write_compressed(folder_.path() / "member", "x\ny\n", compression));
    EXPECT_EQ(read_all(write("a.txt.gz", member + member)).rows.size(), 4u);
  }
}

TEST_F(List, EmptyListHasNoRows) {
  for (const char* name : {"a.txt", "a.csv", "a.tsv", "a.jsonl", "a.csv.gz"}) {
    EXPECT_EQ(read_all(write(name, "")).rows.size(), 0u) << name;
    EXPECT_EQ(read_all(write(name, "\n# only a comment\r\n\n")).rows.size(), 0u) << name;
  }
  EXPECT_EQ(read_all(write_compressed(folder_.path() / "a.jsonl.xz", "", Compression::xz)).rows.size(), 0u);
}

TEST_F(List, UnknownExtensionIsRefusedWithTheAcceptedOnes) {
  const auto list = open_list(write("a.parquet", "x"), {});
  ASSERT_FALSE(list);
  EXPECT_EQ(list.error().reason, Reason::bad_url);
  EXPECT_EQ(list.error().detail,
            ".parquet is not a list; the accepted extensions are .txt .urls .csv .tsv .jsonl, each also followed by "
            ".gz .zst or .xz, and .job");
  EXPECT_TRUE(detail_of(write("noextension", "x")).starts_with("a name without extension"));
}

TEST_F(List, BinaryContentIsRefused) {
  const std::string binary("PK\x03\x04\0\0\0\0", 8);
  for (const char* name : {"a.txt", "a.csv", "a.tsv", "a.jsonl"}) {
    EXPECT_TRUE(detail_of(write(name, binary)).starts_with("this is not text")) << name;
  }
  EXPECT_TRUE(
      detail_of(write_compressed(folder_.path() / "a.txt", binary, Compression::gzip)).starts_with("this is not"));
}

TEST_F(List, UnreadableFileIsADiskError) {
  for (const auto& file : {folder_.path() / "missing.txt", folder_.path() / "folder.txt"}) {
    std::filesystem::create_directory(folder_.path() / "folder.txt");
    const auto list = open_list(file, {});
    ASSERT_FALSE(list);
    EXPECT_EQ(list.error().reason, Reason::disk_error);
  }
}

TEST_F(List, TornArchiveGivesTheRowsBeforeTheTearThenAFault) {
  for (const auto compression : {Compression::gzip, Compression::zstd, Compression::xz}) {
    std::string text;
    for (int i = 0; i < 100000; ++i) text += "https://a.example/" + std::to_string(i * 7919L % 100003) + ".jpg\n";
    const auto whole = read_file(write_compressed(folder_.path() / "whole", text, compression));
    const auto file = write("torn.txt.gz", whole.substr(0, whole.size() / 2));
    const auto list = read_all(file);
    EXPECT_GT(list.rows.size(), 20000u);
    EXPECT_LT(list.rows.size(), 60000u);
    EXPECT_EQ(list.rows.back().url,
              "https://a.example/" + std::to_string((list.rows.size() - 1) * 7919 % 100003) + ".jpg");
    EXPECT_EQ(list.fault.reason, Reason::disk_error);
    EXPECT_NE(list.fault.detail.find("truncated or damaged"), std::string::npos) << list.fault.detail;
  }
}

TEST_F(List, SmallTornArchiveIsAListThatFailsNotAnEmptyOne) {
  for (const auto compression : {Compression::gzip, Compression::zstd, Compression::xz}) {
    for (const char* name : {"a.txt", "a.csv", "a.jsonl"}) {
      const auto whole =
          read_file(write_compressed(folder_.path() / "whole", "url\nhttps://a.example/\n", compression));
      const auto list = read_all(write(name, whole.substr(0, whole.size() - 12)));
      EXPECT_EQ(list.fault.reason, Reason::disk_error) << name;
    }
  }
}

TEST_F(List, FaultIsToldAgainAtEachFurtherRead) {
  const auto whole = read_file(write_compressed(folder_.path() / "whole", "x\n", Compression::gzip));
  auto list = open_list(write("a.txt", whole.substr(0, whole.size() - 9)), {});
  ASSERT_TRUE(list);
  std::vector<Row> rows;
  while ((*list)->read(rows, 10)) ASSERT_EQ(rows.size(), 1u);
  EXPECT_FALSE((*list)->read(rows, 10));
  EXPECT_LE(rows.size(), 1u);
}

TEST_F(List, AByteThatFlippedInAnArchiveIsNoticed) {
  std::string text;
  for (int i = 0; i < 20000; ++i) text += "https://a.example/" + std::to_string(i) + ".jpg\n";
  for (const auto compression : {Compression::gzip, Compression::xz}) {  // zstd need not have a checksum
    auto damaged = read_file(write_compressed(folder_.path() / "whole", text, compression));
    const auto place =
        compression == Compression::gzip ? damaged.size() - 6 : damaged.size() / 2;  // gzip: its checksum
    damaged[place] = static_cast<char>(damaged[place] ^ 1);
    const auto list = read_all(write("flipped.txt.gz", damaged));
    EXPECT_EQ(list.fault.reason, Reason::disk_error) << static_cast<int>(compression);
    EXPECT_NE(list.fault.detail.find("truncated or damaged"), std::string::npos) << list.fault.detail;
  }
}

TEST_F(List, WhatFollowsAGzipMemberIsAnotherOrPaddingOrDamage) {
  const auto first = read_file(write_compressed(folder_.path() / "first", "x\ny\n", Compression::gzip));
  auto second = first;
  second[1] = static_cast<char>(second[1] ^ 1);
  for (const auto& [rest, good] : {std::pair{std::string(), true}, std::pair{std::string(100000, '\0'), true},
                                   std::pair{std::string(700, '\0') + first, true}, std::pair{second, false},
                                   std::pair{first + "x", false}, std::pair{std::string("\x1f"), false}}) {
    const auto list = read_all(write("a.txt.gz", first + rest));
    EXPECT_EQ(list.fault.reason, good ? Reason::none : Reason::disk_error) << rest.size();
    EXPECT_EQ(list.rows.size(), rest.find(first) == std::string::npos ? 2u : 4u) << rest.size();
  }
}

TEST_F(List, ReadGivesNoMoreRowsThanAskedForAndEachOnce) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += std::to_string(i) + '\n';
  auto list = open_list(write("a.txt", text), {});
  ASSERT_TRUE(list);
  std::vector<Row> rows;
  for (std::size_t reads = 1; *(*list)->read(rows, 7); ++reads) ASSERT_LE(rows.size(), reads * 7);
  ASSERT_EQ(rows.size(), 1000u);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i].url, std::to_string(i));
    EXPECT_EQ(rows[i].key, i);
    EXPECT_EQ(rows[i].line, i + 1);
  }
}

TEST_F(List, ReadStopsAfterAFewMegabytesWithoutRows) {
  auto list = open_list(
      write_compressed(folder_.path() / "a.txt", "# " + std::string(998, 'c') + '\n', Compression::gzip, 50000), {});
  ASSERT_TRUE(list);
  std::vector<Row> rows;
  int reads = 1;
  while (*(*list)->read(rows, 10)) ++reads;
  EXPECT_GE(reads, 10);
  EXPECT_TRUE(rows.empty());
}

TEST_F(List, ProgressGrowsFromTheCompressedBytesToOne) {
  std::string text;
  for (int i = 0; i < 300000; ++i) text += std::to_string(i * 7919L % 1000003) + '\n';
  auto list = open_list(write_compressed(folder_.path() / "a.txt", text, Compression::gzip), {});
  ASSERT_TRUE(list);
  std::vector<Row> rows;
  double before = 0, middle = 0;
  while (*(*list)->read(rows, 1000)) {
    EXPECT_GE((*list)->progress(), before);
    before = (*list)->progress();
    if (middle == 0 && rows.size() >= 150000) middle = before;
  }
  EXPECT_NEAR(middle, 0.5, 0.1);
  EXPECT_EQ((*list)->progress(), 1);
}

TEST_F(List, BrokenListFailsWithItsFault) {
  const auto list = read_all(*broken_list({Reason::disk_error, "no such luck"}));
  EXPECT_EQ(list.fault.detail, "no such luck");
}

}  // namespace
}  // namespace gannet::inbox
