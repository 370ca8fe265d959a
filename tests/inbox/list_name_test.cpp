#include "inbox/list_name.hpp"

#include <gtest/gtest.h>

namespace gannet::inbox {
namespace {

TEST(ListName, FormatIsToldByExtensionInAnyCase) {
  EXPECT_EQ(list_format("a.txt"), ListFormat::txt);
  EXPECT_EQ(list_format("a.urls"), ListFormat::txt);
  EXPECT_EQ(list_format("/some/where/a.b.CSV"), ListFormat::csv);
  EXPECT_EQ(list_format("a.tsv.zst"), ListFormat::tsv);
  EXPECT_EQ(list_format("a.jsonl.GZ"), ListFormat::jsonl);
  EXPECT_EQ(list_format("a.txt.xz"), ListFormat::txt);
}

TEST(ListName, OtherExtensionsAreNoFormat) {
  for (const char* name : {"a", "a.parquet", "a.gz", "a.txt.bz2", "txt", ".txt", "a.txt.gz.gz", "a."}) {
    EXPECT_EQ(list_format(name), std::nullopt) << name;
  }
}

TEST(ListName, ExtensionKeepsFormatAndCompression) {
  EXPECT_EQ(list_extension("photos.csv"), "csv");
  EXPECT_EQ(list_extension("photos.CSV.Gz"), "csv.gz");
  EXPECT_EQ(list_extension("photos.gz"), "gz");
  EXPECT_EQ(list_extension("photos"), "");
}

TEST(ListName, UnknownExtensionIsMadeHarmless) {
  EXPECT_EQ(list_extension("a.par quet\n"), "parquet");
  EXPECT_EQ(list_extension("a." + std::string(200, 'x')), std::string(16, 'x'));
}

TEST(ListName, SanitisedKeepsOnlyPortableCharacters) {
  EXPECT_EQ(sanitised("photos-2024_b.v2.csv.gz"), "photos-2024_b.v2");
  EXPECT_EQ(sanitised("my list (1).txt"), "my_list__1_");
  EXPECT_EQ(sanitised("\xc3\xa9.txt"), "__");
  EXPECT_EQ(sanitised("a\nb.txt"), "a_b");
}

TEST(ListName, SanitisedIsNeverEmptyLongOrHidden) {
  EXPECT_EQ(sanitised(""), "list");
  EXPECT_EQ(sanitised("-rf.txt"), "_rf");
  EXPECT_EQ(sanitised("..txt"), "_");
  EXPECT_EQ(sanitised(std::string(300, 'a') + ".txt"), std::string(64, 'a'));
}

TEST(ListName, IgnoredNamesAreHiddenOrUnfinished) {
  for (const char* name : {".a.txt", "_a.txt", "a.txt~", "a.tmp", "a.part", "a.partial", "a.filepart", "a.crdownload",
                           "a.swp", "a.lock", "a.TMP", ""}) {
    EXPECT_TRUE(is_ignored_name(name)) << name;
  }
  for (const char* name : {"a.txt", "a_.txt", "tmp", "part.csv", "a.tmp.txt"})
    EXPECT_FALSE(is_ignored_name(name)) << name;
}

TEST(ListName, ForPeopleCannotForgeALogLine) { EXPECT_EQ(for_people("a\nb\xff"), "a?b\xef\xbf\xbd"); }

TEST(ListName, JobFilesAreKnownByTheirExtension) {
  EXPECT_TRUE(is_job_name("a.job"));
  EXPECT_TRUE(is_job_name("/some/where/a.b.JOB"));
  EXPECT_FALSE(is_job_name("a.job.gz"));
  EXPECT_FALSE(is_job_name("job"));
  EXPECT_FALSE(list_format("a.job"));
  EXPECT_EQ(list_extension("a.JOB"), "job");
}

}  // namespace
}  // namespace gannet::inbox
