#include "store/job_folder.hpp"

#include <gtest/gtest.h>

#include "store/journal.hpp"
#include "support/temp_folder.hpp"

namespace gannet::store {
namespace {

namespace fs = std::filesystem;

using gannet::test::names_in;
using gannet::test::read_file;
using gannet::test::TempFolder;
using gannet::test::write_file;

class JobFolder : public testing::Test {
 protected:
  JobFolder() {
    job.id = "20261122T101502-1-cats";
    job.folder = layout.active() / job.id;
    job.list_name = "list.txt";
    for (const auto& made : {job.folder, layout.done(), layout.failed(), layout.images()}) fs::create_directories(made);
    write_file(job.list(), "http://example.org/\n");
    write_file(job.folder / "job.json", "{}");
  }

  Result<void> put_away(std::string_view summary, const std::string& broken = {}) {
    SyncGroup group(layout.root, Sync::batch);
    if (auto concluded = conclude(job, summary, broken, group); !concluded) return concluded;
    if (auto synced = group.sync(); !synced) return synced;
    if (auto retired = retire(layout, job, broken, group); !retired) return retired;
    return group.sync();
  }

  void record(std::uint64_t line, Reason reason, const std::string& path = {}) {
    Record record;
    record.line = line;
    record.reason = reason;
    record.outcome = outcome_of(reason);
    record.path = path;
    record.attempts = 1;
    record.bytes = path.empty() ? 0 : 5;
    std::string text;
    append_json(text, record, job.id);
    ASSERT_TRUE(Journal::open(job.journal())->append(text));
  }

  std::string image(const std::string& name) {
    const auto path = "images/" + job.id + "/00000/" + name;
    fs::create_directories((layout.root / path).parent_path());
    write_file(layout.root / path, "bytes");
    return path;
  }

  TempFolder folder;
  Layout layout{folder.path()};
  Job job;
};

TEST_F(JobFolder, HasNothingToRecoverAtFirst) {
  const auto recovered = recover(layout, job);
  ASSERT_TRUE(recovered);
  EXPECT_EQ(recovered->progress.lines.size(), 0u);
  EXPECT_EQ(recovered->progress.totals.lines, 0u);
}

TEST_F(JobFolder, RecoversLinesAndTotals) {
  record(3, Reason::none, image("000000002.jpg"));
  record(1, Reason::http_status);
  record(2, Reason::bad_url);
  const auto recovered = recover(layout, job);
  ASSERT_TRUE(recovered);
  EXPECT_EQ(recovered->progress.lines.size(), 3u);
  EXPECT_TRUE(recovered->progress.lines.contains(2));
  EXPECT_FALSE(recovered->progress.lines.contains(4));
  EXPECT_EQ(recovered->progress.totals.bytes, 5u);
  EXPECT_EQ(recovered->progress.totals.of(Outcome::invalid), 1u);
  EXPECT_EQ(recovered->progress.totals.of(Reason::http_status), 1u);
}

TEST_F(JobFolder, RemovesImagesThatNoRecordVouchesFor) {
  const auto kept = image("000000000.jpg");
  record(1, Reason::none, kept);
  const auto stray = image("000000001.jpg");
  const auto other = layout.images() / "another-job/00000/000000000.jpg";
  fs::create_directories(other.parent_path());
  write_file(other, "bytes");
  for (int twice = 0; twice < 2; ++twice) {
    ASSERT_TRUE(recover(layout, job));
    EXPECT_TRUE(fs::exists(layout.root / kept));
    EXPECT_FALSE(fs::exists(layout.root / stray));
    EXPECT_TRUE(fs::exists(other)) << "of no business to this job";
  }
}

TEST_F(JobFolder, CutsATornEndAndRemovesItsImage) {
  record(1, Reason::none, image("000000000.jpg"));
  const auto whole = fs::file_size(job.journal());
  const auto torn = image("000000001.jpg");
  record(2, Reason::none, torn);
  fs::resize_file(job.journal(), fs::file_size(job.journal()) - 1);
  const auto recovered = recover(layout, job);
  ASSERT_TRUE(recovered);
  EXPECT_EQ(recovered->progress.lines.size(), 1u);
  EXPECT_EQ(fs::file_size(job.journal()), whole);
  EXPECT_FALSE(fs::exists(layout.root / torn));
}

TEST_F(JobFolder, RemovesNothingWhenTheJournalIsDamaged) {
  const auto kept = image("000000000.jpg");
  write_file(job.journal(), "damaged\n");
  record(1, Reason::none, kept);
  const auto stray = image("000000001.jpg");
  const auto recovered = recover(layout, job);
  ASSERT_FALSE(recovered);
  EXPECT_EQ(recovered.error().reason, Reason::disk_error);
  EXPECT_TRUE(fs::exists(layout.root / kept));
  EXPECT_TRUE(fs::exists(layout.root / stray));
}

TEST_F(JobFolder, CountsALineOnceWhateverTheJournalSays) {
  record(1, Reason::reset);
  record(1, Reason::none);
  const auto recovered = recover(layout, job);
  ASSERT_TRUE(recovered);
  EXPECT_EQ(recovered->progress.totals.lines, 1u);
}

TEST_F(JobFolder, KnowsTheLinesThatFailed) {
  record(1, Reason::none);
  record(2, Reason::http_status);
  record(3, Reason::robots);
  record(4, Reason::bad_url);
  record(5, Reason::host_dead);
  const auto failed = failed_lines(job);
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->lines.size(), 2u);
  EXPECT_TRUE(failed->lines.contains(2));
  EXPECT_TRUE(failed->lines.contains(5));
  EXPECT_EQ(failed->damage, "");
}

TEST_F(JobFolder, KnowsTheLinesThatFailedBesideADamagedRecord) {
  record(1, Reason::http_status);
  write_file(job.journal(), read_file(job.journal()) + "no record\nnor this\n");
  record(2, Reason::http_status);
  const auto failed = failed_lines(job);
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->lines.size(), 2u);
  EXPECT_EQ(failed->damage.find("results.jsonl:2: "), 0u) << failed->damage;
}

TEST_F(JobFolder, GoesToDoneWithItsSummary) {
  record(1, Reason::none);
  ASSERT_TRUE(put_away("{\"lines\":1}"));
  EXPECT_TRUE(names_in(layout.active()).empty());
  EXPECT_EQ(names_in(layout.done() / job.id), (std::vector<std::string>{"list.txt", "results.jsonl", "summary.json"}));
  EXPECT_EQ(read_file(layout.done() / job.id / "summary.json"), "{\"lines\":1}");
}

TEST_F(JobFolder, GoesToFailedWithTheReason) {
  ASSERT_TRUE(put_away("{}", "truncated archive"));
  EXPECT_TRUE(names_in(layout.active()).empty());
  EXPECT_TRUE(names_in(layout.done()).empty());
  EXPECT_EQ(names_in(layout.failed() / job.id), (std::vector<std::string>{"list.txt", "reason.txt", "summary.json"}));
  EXPECT_EQ(read_file(layout.failed() / job.id / "reason.txt"), "truncated archive\n");
}

TEST_F(JobFolder, MayRetireAgainAfterACrash) {
  write_file(job.folder / "summary.json", "{\"of\":\"the first time, and longer\"}");
  write_file(job.folder / "summary.json.tmp", "ha");
  ASSERT_TRUE(put_away("{}"));
  EXPECT_EQ(read_file(layout.done() / job.id / "summary.json"), "{}");
}

TEST_F(JobFolder, StaysWhereItIsWhenItCannotRetire) {
  fs::remove(layout.done());
  const auto retired = put_away("{}");
  ASSERT_FALSE(retired);
  EXPECT_EQ(retired.error().reason, Reason::disk_error);
  EXPECT_TRUE(fs::exists(job.folder / "job.json")) << "the next run must find it";
  fs::create_directory(layout.done());
  EXPECT_TRUE(put_away("{}"));
}

}  // namespace
}  // namespace gannet::store
