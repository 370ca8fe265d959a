#include "inbox/claim.hpp"

#include <set>

#include "inbox/inbox_support.hpp"
#include "inbox/job_file.hpp"
#include "inbox/job_ids.hpp"

namespace gannet::inbox {
namespace {

using namespace test;
namespace fs = std::filesystem;

class Claim : public testing::Test {
 protected:
  fs::path drop(const std::string& name, std::string_view text = "http://a/\n") {
    return write_file(layout_.inbox() / name, text);
  }
  Job claimed(const std::string& name, std::string_view id = "20261122T101502-0001-a") {
    auto job = claim(layout_, drop(name), Priority::bulk, id);
    EXPECT_TRUE(job);
    return *job;
  }

  TemporaryFolder folder_;
  Layout layout_{folder_.path()};
};

TEST_F(Claim, MovesTheListIntoTheJobsFolder) {
  const auto file = drop("My Photos.CSV.gz", "content");
  const auto job = claim(layout_, file, Priority::urgent, "id");
  ASSERT_TRUE(job);
  EXPECT_FALSE(fs::exists(file));
  EXPECT_EQ(job->folder, layout_.active() / "id");
  EXPECT_EQ(job->list_name, "list.csv.gz");
  EXPECT_EQ(read_file(job->list()), "content");
  EXPECT_EQ(job->source, "My Photos.CSV.gz");
  EXPECT_EQ(job->number, 0u);
  EXPECT_LE(wall_now() - job->claimed, 1h);
}

TEST_F(Claim, FailedClaimLeavesTheFileAndNoFolder) {
  const auto job = claim(layout_, layout_.inbox() / "missing.txt", Priority::normal, "id");
  ASSERT_FALSE(job);
  EXPECT_EQ(job.error().reason, Reason::disk_error);
  EXPECT_NE(job.error().detail.find("No such file"), std::string::npos);
  EXPECT_FALSE(fs::exists(layout_.active() / "id"));
}

TEST_F(Claim, OneOfManyThatFailsIsNoTroubleToTheOthers) {
  std::vector<inbox::Claim> claims;
  for (int i = 0; i < 20; ++i) {
    const auto number = std::to_string(i);
    claims.push_back(
        {i == 3 ? layout_.inbox() / "missing.txt" : drop(number + ".txt", number), Priority::bulk, number});
  }
  claims[5].id = "4";  // taken
  const auto jobs = claim(layout_, claims);
  ASSERT_EQ(jobs.size(), claims.size());
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    ASSERT_EQ(jobs[i].has_value(), i != 3 && i != 5) << i;
    if (!jobs[i]) continue;
    EXPECT_EQ(read_file(jobs[i]->list()), std::to_string(i));
    EXPECT_EQ(read_job_file(jobs[i]->folder)->id, std::to_string(i));
  }
  EXPECT_FALSE(fs::exists(layout_.active() / "3"));
  EXPECT_EQ(read_file(claims[5].file), "5");
}

TEST_F(Claim, WhatIsNoRegularFileGoesBack) {
  fs::create_directories(layout_.inbox());
  fs::create_symlink("/etc/passwd", layout_.inbox() / "a.txt");
  EXPECT_FALSE(claim(layout_, layout_.inbox() / "a.txt", Priority::normal, "id"));
  EXPECT_TRUE(fs::is_symlink(layout_.inbox() / "a.txt"));
  EXPECT_FALSE(fs::exists(layout_.active() / "id"));
}

TEST_F(Claim, IdThatIsTakenIsRefusedAndItsJobUntouched) {
  const Job first = claimed("a.txt", "id");
  const auto second = claim(layout_, drop("b.txt"), Priority::normal, "id");
  EXPECT_FALSE(second);
  EXPECT_TRUE(fs::exists(layout_.inbox() / "b.txt"));
  EXPECT_TRUE(fs::exists(first.list()));
  EXPECT_TRUE(read_job_file(first.folder));
}

TEST_F(Claim, UnfinishedJobsAreFoundAsTheyWereClaimed) {
  const Job second = claimed("b.jsonl", "20261122T101502-0002-b");
  const Job first = claimed("a\n\xff.txt", "20261122T101502-0001-a");
  write_file(first.journal(), "records");
  const auto jobs = unfinished(layout_);
  ASSERT_EQ(jobs.size(), 2u);
  EXPECT_EQ(jobs[0].id, first.id);
  EXPECT_EQ(jobs[0].source, "a\n\xef\xbf\xbd.txt");
  EXPECT_EQ(jobs[0].priority, Priority::bulk);
  EXPECT_EQ(jobs[0].claimed, first.claimed);
  EXPECT_EQ(jobs[0].folder, first.folder);
  EXPECT_EQ(jobs[1].id, second.id);
  EXPECT_EQ(jobs[1].list_name, "list.jsonl");
}

TEST_F(Claim, NothingIsUnfinishedWithoutActiveFolder) { EXPECT_TRUE(unfinished(layout_).empty()); }

TEST_F(Claim, InterruptedClaimWithoutListIsRemoved) {
  const Job job = claimed("a.txt");
  fs::remove(job.list());
  EXPECT_TRUE(unfinished(layout_).empty());
  EXPECT_FALSE(fs::exists(job.folder));
}

TEST_F(Claim, FolderWithoutListButWithRecordsIsLeftAlone) {
  const Job job = claimed("a.txt");
  fs::remove(job.list());
  write_file(job.journal(), "records");
  EXPECT_TRUE(unfinished(layout_).empty());
  EXPECT_EQ(read_file(job.journal()), "records");
}

TEST_F(Claim, MissingOrBrokenJobFileIsReplaced) {
  const Job job = claimed("a.csv");
  for (const std::string text : {"", "{", "[]", "{}", R"({"id":"another","priority":"bulk"})", "\xff"}) {
    write_file(job.folder / "job.json", text);
    const auto jobs = unfinished(layout_);
    ASSERT_EQ(jobs.size(), 1u) << text;
    EXPECT_EQ(jobs[0].id, job.id);
    EXPECT_EQ(jobs[0].list_name, "list.csv");
    EXPECT_EQ(jobs[0].priority, Priority::normal);
    EXPECT_TRUE(read_job_file(job.folder)) << text;
  }
}

TEST_F(Claim, JobFileCannotNameAListElsewhere) {
  const Job job = claimed("a.csv");
  write_file(folder_.path() / "secret", "secret");
  for (const char* list : {"../../secret", "/etc/passwd", "..", "", "missing.csv"}) {
    Job forged = job;
    forged.list_name = list;
    ASSERT_TRUE(write_job_file(forged));
    const auto jobs = unfinished(layout_);
    ASSERT_EQ(jobs.size(), 1u) << list;
    EXPECT_EQ(jobs[0].list_name, "list.csv") << list;
  }
}

TEST_F(Claim, WhatIsNoJobInActiveIsLeftAlone) {
  write_file(layout_.active() / "file", "x");
  write_file(layout_.active() / ".hidden" / "list.txt", "x");
  write_file(layout_.active() / "a b" / "list.txt", "x");
  fs::create_directory_symlink(layout_.active() / "a b", layout_.active() / "link");
  EXPECT_TRUE(unfinished(layout_).empty());
  EXPECT_TRUE(fs::exists(layout_.active() / "a b" / "list.txt"));
}

TEST_F(Claim, RejectedListKeepsItsNameAndGetsAReason) {
  const Job job = claimed("photos.parquet");
  ASSERT_TRUE(reject(layout_, job, "never a list"));
  EXPECT_FALSE(fs::exists(job.folder));
  const auto folder = layout_.rejected() / job.id;
  EXPECT_EQ(read_file(folder / "photos.parquet"), "http://a/\n");
  EXPECT_EQ(read_file(folder / "reason.txt"), "never a list\n");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 2);
}

TEST_F(Claim, RejectionThatWasCutOffIsEnded) {
  const Job job = claimed("photos.parquet");
  write_file(layout_.rejected(), "not a folder");
  EXPECT_FALSE(reject(layout_, job, "never a list"));
  EXPECT_FALSE(reject(layout_, job, "never a list")) << "nor at a further try";
  fs::remove(layout_.rejected());
  EXPECT_TRUE(unfinished(layout_).empty());
  EXPECT_FALSE(fs::exists(job.folder));
  const auto folder = layout_.rejected() / job.id;
  EXPECT_EQ(read_file(folder / "photos.parquet"), "http://a/\n");
  EXPECT_EQ(read_file(folder / "reason.txt"), "never a list\n");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 2);
}

TEST_F(Claim, RejectedListCannotReplaceItsReasonOrLeaveItsFolder) {
  int count = 0;
  for (const char* source : {"reason.txt", "../../../escaped", "..", "", "job.json"}) {
    Job job = claimed("a.txt", "id" + std::to_string(++count));
    job.source = source;
    ASSERT_TRUE(reject(layout_, job, "why")) << source;
    const auto folder = layout_.rejected() / job.id;
    EXPECT_EQ(read_file(folder / "reason.txt"), "why\n") << source;
    EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 2) << source;
  }
}

TEST_F(Claim, IdsTellTimeSequenceAndName) {
  JobIds ids(layout_);
  const WallTime now = *parse_rfc3339("2026-11-22T10:15:02.123Z");
  EXPECT_EQ(ids.next(now, "My photos.csv.gz"), "20261122T101502-0001-My_photos");
  EXPECT_EQ(ids.next(now, "My photos.csv.gz"), "20261122T101502-0002-My_photos");
}

TEST_F(Claim, IdsOfEarlierProcessesAreNotUsedAgain) {
  const WallTime now = *parse_rfc3339("2026-11-22T10:15:02.123Z");
  int sequence = 0;
  for (const auto& folder : {layout_.active(), layout_.done(), layout_.failed(), layout_.rejected()}) {
    fs::create_directories(folder / ("20261122T101502-000" + std::to_string(++sequence) + "-a"));
  }
  EXPECT_EQ(JobIds(layout_).next(now, "a.txt"), "20261122T101502-0005-a");
}

}  // namespace
}  // namespace gannet::inbox
