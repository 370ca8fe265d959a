#include "store/checkpoint.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <cstdio>

#include "store/job_folder.hpp"
#include "store/journal.hpp"
#include "support/temp_folder.hpp"

namespace gannet::store {
namespace {

namespace fs = std::filesystem;

using gannet::test::names_in;
using gannet::test::read_file;
using gannet::test::TempFolder;
using gannet::test::write_file;

class Checkpoint : public testing::Test {
 protected:
  Checkpoint() {
    job.id = "20261122T101502-1-cats";
    job.folder = layout.active() / job.id;
    job.list_name = "list.txt";
    fs::create_directories(job.folder);
    write_file(job.list(), "http://example.org/\n");
  }

  Record record(std::uint64_t line, Reason reason) const {
    Record record;
    record.line = line;
    record.reason = reason;
    record.outcome = outcome_of(reason);
    if (reason != Reason::none) return record;
    record.attempts = 1;
    record.bytes = 5;
    record.path = "images/" + job.id + '/' + image_name(line - 1, 100, "jpg");
    return record;
  }

  // Writes its records, and the images of those that are ok.
  void record_lines(std::uint64_t from, std::uint64_t to) {
    std::string text;
    for (auto line = from; line <= to; ++line) {
      const auto one = record(line, line % 3 == 0 ? Reason::http_status : Reason::none);
      append_json(text, one, job.id);
      if (!one.path.empty()) image(line);
    }
    ASSERT_TRUE(Journal::open(job.journal())->append(text));
  }

  fs::path image(std::uint64_t line) {
    const auto picture = layout.images() / job.id / image_name(line - 1, 100, "jpg");
    fs::create_directories(picture.parent_path());
    write_file(picture, "bytes");
    return picture;
  }

  // 350 lines with a record, of which the checkpoint knows 250, all but one; line 201 is missing.
  void stop_half_way() {
    record_lines(1, 200);
    record_lines(202, 250);
    auto progress = recover(layout, job)->progress;
    MarkKeeper keeper;
    for (const std::uint64_t line : {64, 128, 200, 240}) keeper.read_to({line * 20, line, line});
    keeper.advance(progress);
    progress.journal_bytes = fs::file_size(job.journal());
    progress.shard_size = 100;
    ASSERT_TRUE(write_checkpoint(job, progress, list_identity(job), Durable::yes));
    record_lines(251, 350);
  }

  // What recovery makes of it is the same as without a checkpoint. Returns how many records it read.
  std::uint64_t recovered() {
    const auto found = recover(layout, job);
    EXPECT_TRUE(found);
    const auto hidden = layout.root / "hidden";
    const bool there = fs::exists(path);
    if (there) fs::rename(path, hidden);
    const auto truth = recover(layout, job);
    EXPECT_TRUE(truth);
    if (there) fs::rename(hidden, path);
    if (!found || !truth) return 0;
    EXPECT_EQ(truth->records_read, 349u);
    EXPECT_EQ(found->progress.journal_lines, truth->progress.journal_lines);
    EXPECT_EQ(found->progress.totals.lines, truth->progress.totals.lines);
    EXPECT_EQ(found->progress.totals.bytes, truth->progress.totals.bytes);
    EXPECT_EQ(found->progress.totals.by_outcome, truth->progress.totals.by_outcome);
    EXPECT_EQ(found->progress.totals.by_reason, truth->progress.totals.by_reason);
    for (std::uint64_t line = 1; line < 500; ++line) {
      EXPECT_EQ(found->progress.lines.contains(line), truth->progress.lines.contains(line)) << line;
    }
    return found->records_read;
  }

  // Says something else in its head, with the right hash.
  void forge(const std::string& said, const std::string& instead) {
    auto text = read_file(path);
    auto body = text.substr(text.find('\n') + 1);
    const auto at = body.find(said);
    ASSERT_NE(at, body.npos) << said << " in " << body.substr(0, body.find('\n'));
    body.replace(at, said.size(), instead);
    unsigned char digest[32];
    ASSERT_EQ(EVP_Q_digest(nullptr, "SHA256", nullptr, body.data(), body.size(), digest, nullptr), 1);
    std::string hash;
    for (const unsigned char byte : digest) {
      char digits[3];
      std::snprintf(digits, sizeof digits, "%02x", byte);
      hash += digits;
    }
    write_file(path, "gannet checkpoint 1 " + hash + '\n' + body);
  }

  TempFolder folder;
  Layout layout{folder.path()};
  Job job;
  fs::path path{folder.path() / "active/20261122T101502-1-cats/checkpoint"};
};

TEST_F(Checkpoint, IsNothingWhereThereIsNone) {
  const auto found = read_checkpoint(job);
  ASSERT_TRUE(found);
  EXPECT_FALSE(*found);
}

TEST_F(Checkpoint, SavesReadingWhatIsInFrontOfIt) {
  stop_half_way();
  const auto found = read_checkpoint(job);
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->mark, (ListMark{4000, 200, 200}));
  EXPECT_EQ((*found)->lines.settled(), 192u);
  EXPECT_EQ(recovered(), 100u);
}

TEST_F(Checkpoint, IsIgnoredWhereverItIsTorn) {
  stop_half_way();
  const auto whole = read_file(path);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    write_file(path, whole.substr(0, size));
    EXPECT_FALSE(read_checkpoint(job)) << size;
  }
  EXPECT_EQ(recovered(), 349u);
}

TEST_F(Checkpoint, IsIgnoredWhicheverByteIsDamaged) {
  stop_half_way();
  const auto whole = read_file(path);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    auto damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 4);
    write_file(path, damaged);
    EXPECT_FALSE(read_checkpoint(job)) << at;
  }
  write_file(path, whole + "x");
  EXPECT_FALSE(read_checkpoint(job));
  EXPECT_EQ(recovered(), 349u);
}

TEST_F(Checkpoint, IsIgnoredWhenItsNumbersCannotBe) {
  stop_half_way();
  const auto whole = read_file(path);
  const std::string huge = "18446744073709551615";
  const std::pair<std::string, std::string> lies[] = {
      {"\"settled\":192", "\"settled\":" + huge},
      {"\"settled\":192", "\"settled\":193"},
      {"\"settled\":192", "\"settled\":256"},
      {"\"settled\":192", "\"settled\":-64"},
      {"\"words\":1", "\"words\":" + huge},
      {"\"words\":1", "\"words\":67108864"},
      {"\"words\":1", "\"words\":0"},
      {"\"line\":200", "\"line\":" + huge},
      {"\"key\":200", "\"key\":201"},
      {"\"key\":200", "\"key\":1e99"},
      {"{\"bytes\":", "{\"bytes\":9"},
      {"\"lines\":249,\"end\"", "\"lines\":\"many\",\"end\""},
      {"\"end\":", "\"ende\":"},
      {"\"ok\":", "\"okay\":"},
      {"\"http_status\":", "\"bad_weather\":"},
      {"\"shard_size\":100", "\"shard_size\":null"},
      {"{\"journal\"", "[\"journal\""},
  };
  for (const auto& [said, instead] : lies) {
    write_file(path, whole);
    ASSERT_NO_FATAL_FAILURE(forge(said, instead));
    EXPECT_FALSE(read_checkpoint(job)) << instead;
  }
  write_file(path, whole);
  ASSERT_NO_FATAL_FAILURE(forge("\"shard_size\":100", "\"shard_size\":200"));
  EXPECT_TRUE(read_checkpoint(job)) << "forged rightly";
}

TEST_F(Checkpoint, IsIgnoredWhenItIsNoFileOrOfAnotherVersion) {
  stop_half_way();
  const auto whole = read_file(path);
  write_file(path, "gannet checkpoint 2 " + whole.substr(20));
  EXPECT_FALSE(read_checkpoint(job));
  fs::rename(path, job.folder / "elsewhere");
  fs::create_symlink("elsewhere", path);
  EXPECT_FALSE(read_checkpoint(job));
  fs::remove(path);
  fs::create_directory(path);
  EXPECT_FALSE(read_checkpoint(job));
  EXPECT_EQ(recovered(), 349u);
}

TEST_F(Checkpoint, IsIgnoredWhenTheJournalIsShorterOrAnother) {
  stop_half_way();
  const auto journal = read_file(job.journal());
  fs::resize_file(job.journal(), 100);
  EXPECT_FALSE(read_checkpoint(job));
  fs::remove(job.journal());
  EXPECT_FALSE(read_checkpoint(job));
  auto other = journal;
  other.replace(other.find("\"line\":249,"), 11, "\"line\":248,");
  write_file(job.journal(), other);
  EXPECT_FALSE(read_checkpoint(job));
  write_file(job.journal(), journal);
  EXPECT_TRUE(read_checkpoint(job));
}

TEST_F(Checkpoint, IsIgnoredWhenTheListIsAnother) {
  stop_half_way();
  write_file(job.list(), "http://example.org/\nhttp://example.org/another\n");
  EXPECT_FALSE(read_checkpoint(job));
  EXPECT_EQ(recovered(), 349u);
}

TEST_F(Checkpoint, LeavesATornEndOfTheJournalToBeCut) {
  stop_half_way();
  const auto size = fs::file_size(job.journal());
  std::ofstream(job.journal(), std::ios::app) << "{\"time\":\"2026-";
  const auto found = recover(layout, job);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->records_read, 100u);
  EXPECT_EQ(fs::file_size(job.journal()), size);
  EXPECT_EQ(recovered(), 100u);
}

TEST_F(Checkpoint, NamesTheLineOfDamageBehindIt) {
  stop_half_way();
  std::ofstream(job.journal(), std::ios::app) << "damaged\n";
  record_lines(351, 351);
  const auto found = recover(layout, job);
  ASSERT_FALSE(found);
  EXPECT_NE(found.error().detail.find("results.jsonl:350: "), std::string::npos) << found.error().detail;
}

TEST_F(Checkpoint, StraysBehindItAreRemoved) {
  stop_half_way();
  const auto missing = image(201), behind = image(351), far = image(1234);
  const auto no_image = layout.images() / job.id / "00002/notes.txt";
  write_file(no_image, "?");
  const auto known = image(1), of_tail = image(350);
  ASSERT_TRUE(recover(layout, job));
  for (const auto& stray : {missing, behind, far, no_image}) EXPECT_FALSE(fs::exists(stray)) << stray;
  for (const auto& kept : {known, of_tail}) EXPECT_TRUE(fs::exists(kept)) << kept;
}

TEST_F(Checkpoint, DoesNotGoToDone) {
  stop_half_way();
  fs::create_directories(layout.done());
  SyncGroup group(layout.root, Sync::batch);
  ASSERT_TRUE(retire(layout, job, "", group));
  EXPECT_EQ(names_in(layout.done() / job.id), (std::vector<std::string>{"list.txt", "results.jsonl"}));
}

}  // namespace
}  // namespace gannet::store
