#include "cli/verify.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <boost/json.hpp>

#include "cli/books.hpp"

namespace gannet::cli {
namespace {

namespace fs = std::filesystem;

using test::read_file;
using test::write_file;
using testing::AnyOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

using Lines = std::vector<std::string>;

class Verify : public BooksTest {
 protected:
  Verify() {
    options.jobs = {id};
    options.settings.store.root = layout.root;
  }

  int run() {
    return captured([this] { return verify(options); });
  }

  // Runs it, and expects that these problems and no others are found.
  void expect(const std::string& last, const std::string& told) {
    EXPECT_EQ(run(), 3) << out << err;
    EXPECT_THAT(out, HasSubstr(told));
    EXPECT_THAT(out, EndsWith("\n" + last + "\n"));
    EXPECT_EQ(err, "");
  }

  VerifyOptions options;
};

TEST_F(Verify, SaysThatTheBooksBalance) {
  make_job();
  EXPECT_EQ(run(), 0) << out << err;
  EXPECT_EQ(out,
            "20261126T120000-0001-cats  done\n"
            "  6 lines: 4 ok, 1 failed, 0 skipped, 1 invalid\n"
            "  4 files, 37 B, 4 hashes compared\n"
            "0 missing, 0 duplicate, 0 wrong, 0 stray\n");
  EXPECT_EQ(err, "");
}

TEST_F(Verify, ALineWithoutARecordIsMissing) {
  make_job();
  change_journal([](Lines& lines) { lines.erase(lines.begin() + 4); });
  EXPECT_EQ(run(), 3);
  EXPECT_THAT(out, HasSubstr("  missing: line 6: the line has no record (http://example.org/4)\n"));
  EXPECT_THAT(out, HasSubstr("summary.json says lines 6, the records say 5"));
  EXPECT_THAT(out, HasSubstr("retry.jsonl has 1 lines, 0 lines failed"));
  EXPECT_THAT(out, HasSubstr("\n1 missing, 0 duplicate, "));
}

TEST_F(Verify, AJobThatIsBeingTakenFromTheInboxIsNotHeldAgainstAnybody) {
  make_job();
  options.jobs = {"all"};
  const auto taken = layout.active() / "20261126T120000-0002-dogs";
  fs::create_directory(taken);  // as a claim makes it, step by step
  EXPECT_EQ(run(), 0) << out << err;
  EXPECT_THAT(out, HasSubstr("it has not begun: it is being taken from the inbox"));
  write_file(taken / "job.json", R"({"id":"20261126T120000-0002-dogs","list":"list.txt","source":"dogs.txt"})");
  EXPECT_EQ(run(), 0) << out << err;
  write_file(taken / "list", "a name without extension");  // is rejected in a moment
  EXPECT_EQ(run(), 0) << out << err;
}

TEST_F(Verify, AnActiveJobThatHasLostItsListIsNotProven) {
  make_job(id, "active");
  fs::remove(layout.active() / id / "list.txt");
  EXPECT_EQ(run(), 1) << out << err;
}

TEST_F(Verify, ASecondRecordOfALineIsADuplicate) {
  make_job();
  change_journal([](Lines& lines) { lines.push_back(lines[1]); });
  expect("0 missing, 1 duplicate, 0 wrong, 0 stray", "duplicate: line 3: there is another record of this line");
}

TEST_F(Verify, ARecordWithoutALineIsWrong) {
  make_job();
  change_journal([](Lines& lines) { lines.push_back(lines[5]), replace(lines.back(), "\"line\":7", "\"line\":99"); });
  expect("0 missing, 0 duplicate, 1 wrong, 0 stray", "wrong: line 99: there is a record, but the list has no row");
}

TEST_F(Verify, ARecordOfAnotherUrlIsWrong) {
  make_job();
  change_journal([](Lines& lines) { replace(lines[2], "example.org/2", "example.org/other"); });
  expect("0 missing, 0 duplicate, 1 wrong, 0 stray", "wrong: line 4: the list has another URL on this line");
}

TEST_F(Verify, NoOtherUrlIsTakenForTheRightOne) {
  for (int number = 0; number < 1000; ++number) {
    make_job();
    change_journal([&](Lines& lines) { replace(lines[2], "example.org/2", "example.org/x" + std::to_string(number)); });
    ASSERT_EQ(run(), 3) << number;
    ASSERT_THAT(out, AnyOf(HasSubstr("wrong: line 4: the list has another URL on this line"),
                           HasSubstr("wrong: of the rows 1 to 6 of the list at least one has another URL than its")));
  }
}

TEST_F(Verify, ARecordOfAnotherJobIsWrong) {
  make_job();
  change_journal([](Lines& lines) { replace(lines[4], "-0001-cats", "-0001-dogs"); });
  expect("0 missing, 0 duplicate, 1 wrong, 0 stray", "wrong: line 6: the record is not of this job");
}

TEST_F(Verify, InvalidIsWhatIsNoUrlAndNothingElse) {
  make_job();
  change_journal([](Lines& lines) {
    replace(lines[5], "\"url\":\"nonsense\",\"outcome\":\"invalid\",\"reason\":\"bad_url\"",
            "\"url\":\"nonsense\",\"outcome\":\"failed\",\"reason\":\"reset\"");
  });
  EXPECT_EQ(run(), 3);
  EXPECT_THAT(out, HasSubstr("wrong: line 7: it is not a URL that can be fetched, and the record does not say so"));
  make_job();
  change_journal([](Lines& lines) {
    replace(lines[4], "\"outcome\":\"failed\",\"reason\":\"http_status\"",
            "\"outcome\":\"invalid\",\"reason\":\"bad_url\"");
  });
  EXPECT_EQ(run(), 3);
  EXPECT_THAT(out, HasSubstr("wrong: line 6: the record says that it is invalid, and it is not"));
}

TEST_F(Verify, OutcomesHaveTheirReasons) {
  make_job();
  change_journal([](Lines& lines) { replace(lines[4], "\"reason\":\"http_status\"", "\"reason\":\"fate\""); });
  EXPECT_EQ(run(), 3);
  EXPECT_THAT(out, HasSubstr("wrong: line 6: the record is \"failed\" with the reason \"\""));
}

TEST_F(Verify, AFileThatIsGoneIsMissing) {
  make_job();
  fs::remove(image(1));
  expect("1 missing, 0 duplicate, 0 wrong, 0 stray",
         "missing: line 3: images/20261126T120000-0001-cats/00000/000000001.jpg: "
         "there is no such file (http://example.org/1)");
}

TEST_F(Verify, AFolderThatIsGoneIsMissing) {
  make_job();
  fs::remove_all(layout.images() / id);
  EXPECT_EQ(run(), 3);
  EXPECT_THAT(out, EndsWith("\n4 missing, 0 duplicate, 0 wrong, 0 stray\n"));
}

TEST_F(Verify, AFileOfAnotherSizeIsWrong) {
  make_job();
  write_file(image(1), "image");
  expect("0 missing, 0 duplicate, 1 wrong, 0 stray", "000000001.jpg has 5 bytes, its record says 10");
}

TEST_F(Verify, AFileOfOtherBytesIsWrongUnlessHashesAreLeftOut) {
  make_job();
  write_file(image(1), "image 1112");
  expect("0 missing, 0 duplicate, 1 wrong, 0 stray",
         "has the SHA-256 " + sha256_hex("image 1112") + ", its record says " + sha256_hex("image 1111"));
  options.hashes = false;
  EXPECT_EQ(run(), 0) << out;
  EXPECT_THAT(out, HasSubstr(" 0 hashes compared\n"));
}

TEST_F(Verify, ARecordWithoutAHashIsHeldToItsSize) {
  make_job();
  change_journal([](Lines& lines) { replace(lines[1], ",\"sha256\":\"" + sha256_hex("image 1111") + '"', ""); });
  EXPECT_EQ(run(), 0) << out;
  EXPECT_THAT(out, HasSubstr(" 3 hashes compared\n"));
}

TEST_F(Verify, AFileWithoutARecordIsAStray) {
  make_job();
  const auto at = layout.images() / id;
  write_file(at / "00000/000000001.png", "the row has another");
  fs::create_directories(at / "00002");
  write_file(at / "00002/000000004.jpg", "of a line that failed");
  write_file(at / "00000/.000000001.jpg.tmp", "half");
  write_file(at / "notes.txt", "of a person");
  EXPECT_EQ(run(), 3);
  EXPECT_THAT(out, HasSubstr("stray: images/20261126T120000-0001-cats/notes.txt: no record names this file"));
  EXPECT_THAT(out, HasSubstr("00000/.000000001.jpg.tmp: no record names this file"));
  EXPECT_THAT(out, HasSubstr(": the row has another file, too"));
  EXPECT_THAT(out, EndsWith("\n0 missing, 0 duplicate, 0 wrong, 4 stray\n"));
}

TEST_F(Verify, AFileInThePlaceOfAnotherIsBothMissingAndStray) {
  make_job();
  fs::rename(image(1), layout.images() / id / "00000/000000001.png");
  expect("1 missing, 0 duplicate, 0 wrong, 1 stray", "000000001.png: no record names this file");
}

TEST_F(Verify, NothingOutsideTheImagesIsOpened) {
  make_job();
  write_file(folder / "secret", "image 1111");
  for (const std::string path :
       {"../../secret", "/etc/passwd", "images/../secret", "images/20261126T120000-0001-cats/../../000000001.jpg",
        "images/20261126T120000-0001-cats/00000/../000000001.jpg", "images/./00000/000000001.jpg",
        "images/../00000/000000001.jpg", "images/20261126T120000-0001-cats/000000001.jpg",
        "done/x/00000/000000001.jpg"}) {
    make_job();
    change_journal([&](Lines& lines) { replace(lines[1], path_of(id, 1), path); });
    EXPECT_EQ(run(), 3) << path;
    EXPECT_THAT(out, HasSubstr("which is not the path of an image")) << path;
    EXPECT_THAT(out, EndsWith("\n0 missing, 0 duplicate, 1 wrong, 1 stray\n")) << path;
  }
}

TEST_F(Verify, LinksAreNotFollowed) {
  make_job();
  write_file(folder / "secret", "image 1111");
  fs::remove(image(1));
  fs::create_symlink(folder / "secret", image(1));
  expect("0 missing, 0 duplicate, 1 wrong, 0 stray", "000000001.jpg is a link, and was not followed");

  make_job();
  fs::remove(image(1));
  write_file(image(1), bytes_of(1));
  fs::rename(layout.images() / id / "00000", folder / "elsewhere");
  fs::create_symlink(folder / "elsewhere", layout.images() / id / "00000");
  expect("0 missing, 0 duplicate, 2 wrong, 1 stray", "is behind a link or no folder, and was not opened");

  fs::rename(layout.images() / id, folder / "all");
  fs::create_symlink(folder / "all", layout.images() / id);
  expect("0 missing, 0 duplicate, 5 wrong, 0 stray", "images/20261126T120000-0001-cats is not a folder");
}

TEST_F(Verify, WhatIsNoFileIsNotReadFor) {
  make_job();
  fs::remove(image(1));
  ASSERT_EQ(::mkfifo(image(1).c_str(), 0600), 0);
  expect("0 missing, 0 duplicate, 1 wrong, 0 stray", "000000001.jpg is not a regular file");
}

TEST_F(Verify, ARecordMayNameAFileOfAnotherJob) {
  make_job();
  make_job("20261126T120001-0002-dogs");
  fs::remove(image(1));
  change_journal([](Lines& lines) { replace(lines[1], path_of(id, 1), path_of("20261126T120001-0002-dogs", 1)); });
  EXPECT_EQ(run(), 0) << out;
  write_file(layout.root / path_of("20261126T120001-0002-dogs", 1), "image 1112");
  expect("0 missing, 0 duplicate, 1 wrong, 0 stray", "dogs/00000/000000001.jpg has the SHA-256");
}

TEST_F(Verify, ARecordMayNotNameTheFileOfAnotherRow) {
  make_job();
  change_journal([](Lines& lines) { replace(lines[1], path_of(id, 1), path_of(id, 2)); });
  expect("0 missing, 0 duplicate, 1 wrong, 1 stray", "wrong: line 3: the record names the file of another row");
}

TEST_F(Verify, ARecordOfNoAttemptOrOfAnUnchangedImageMayNameTheFileOfAnotherRow) {
  for (const bool unchanged : {false, true}) {
    make_job();
    fs::remove(image(1));
    Record given = record_of(id, 0);
    given.line = 3;
    given.url = "http://example.org/1";
    given.attempts = unchanged ? 1 : 0;
    given.from_catalogue = unchanged;
    std::string text;
    append_json(text, given, id);
    change_journal([&](Lines& lines) { lines[1] = text; });
    expect("0 missing, 0 duplicate, 1 wrong, 0 stray", "summary.json says bytes 37, the records say 27");
  }
}

TEST_F(Verify, AFailedLineNamesNoFile) {
  make_job();
  change_journal([](Lines& lines) { replace(lines[4], "\"http_status\":404", "\"path\":\"images/x\""); });
  expect("0 missing, 0 duplicate, 1 wrong, 0 stray", "the record is \"failed\" and names a file");
}

TEST_F(Verify, ADamagedRecordIsWrongWhereverItIsInAJobThatEnded) {
  make_job();
  change_journal([](Lines& lines) { lines[4] = "{\"torn\n"; });
  EXPECT_EQ(run(), 3);
  EXPECT_THAT(out, HasSubstr("wrong: results.jsonl:5: this is no record"));
  EXPECT_THAT(out, HasSubstr("missing: line 6: the line has no record"));
  make_job();
  write_file(journal(), read_file(journal()) + "{\"time\":");
  expect("0 missing, 0 duplicate, 1 wrong, 0 stray", "wrong: results.jsonl:7: half a record at the end");
}

TEST_F(Verify, AnActiveJobMayLackRecordsAndHaveATornOne) {
  make_job(id, "active");
  change_journal([](Lines& lines) { lines.resize(3), lines[2].resize(20); }, "active");
  EXPECT_EQ(run(), 0) << out << err;
  EXPECT_THAT(out, HasSubstr("  4 lines have no record yet: the job goes on\n"));
  EXPECT_THAT(out, HasSubstr("  note: results.jsonl:3: half a record"));
  fs::remove(image(0));
  write_file(layout.images() / id / "notes", "no image");
  expect("1 missing, 0 duplicate, 0 wrong, 1 stray", "cats/notes: no record names this file");
}

TEST_F(Verify, AnActiveJobWithoutAJournalHasJustBegun) {
  make_job(id, "active");
  fs::remove(journal("active"));
  EXPECT_EQ(run(), 0) << out << err;
  EXPECT_THAT(out, HasSubstr("  6 lines have no record yet"));
}

TEST_F(Verify, ADamagedRecordInTheMiddleIsWrongInAnActiveJobToo) {
  make_job(id, "active");
  change_journal([](Lines& lines) { lines[4] = "{\"torn\n"; }, "active");
  expect("0 missing, 0 duplicate, 1 wrong, 0 stray", "wrong: results.jsonl:5: this is no record");
}

TEST_F(Verify, AFailedJobHasRecordsUpToWhereItsListBroke) {
  make_job(id, "failed");
  write_file(layout.failed() / id / "list.txt", read_file(layout.failed() / id / "list.txt") + "http://a.org/\n");
  EXPECT_EQ(run(), 0) << out << err;
  EXPECT_THAT(out, HasSubstr("  1 lines have no record because the list broke before them\n"));
  change_journal([](Lines& lines) { lines.erase(lines.begin()); }, "failed");
  EXPECT_EQ(run(), 3);
  EXPECT_THAT(out, HasSubstr("missing: line 2: the line has no record"));
}

TEST_F(Verify, AFailedJobMayHaveAListThatCannotBeReadAtAll) {
  make_job(id, "failed");
  fs::rename(layout.failed() / id / "list.txt", layout.failed() / id / "list.csv");
  EXPECT_EQ(run(), 0) << out << err;
  EXPECT_THAT(out, HasSubstr("  note: the list cannot be read to its end: "));
}

TEST_F(Verify, WithoutTheListNothingIsProven) {
  make_job();
  fs::remove(layout.done() / id / "list.txt");
  EXPECT_EQ(run(), 1);
  EXPECT_THAT(out, HasSubstr("  NOT PROVEN: the list cannot be read to its end: "));
  EXPECT_THAT(out, EndsWith("0 missing, 0 duplicate, 0 wrong, 0 stray, 1 NOT PROVEN\n"));
}

TEST_F(Verify, WithoutTheJournalNothingIsProven) {
  make_job();
  fs::remove(journal());
  EXPECT_EQ(run(), 1);
  EXPECT_THAT(out, HasSubstr("NOT PROVEN: " + journal().string()));
}

TEST_F(Verify, TheSummaryAgreesWithTheRecords) {
  make_job();
  std::string text = read_file(layout.done() / id / "summary.json");
  replace(text, "\"ok\":4", "\"ok\":5");
  write_file(layout.done() / id / "summary.json", text);
  expect("0 missing, 0 duplicate, 1 wrong, 0 stray", "wrong: summary.json says ok 5, the records say 4");
  fs::remove(layout.done() / id / "summary.json");
  expect("0 missing, 0 duplicate, 1 wrong, 0 stray", "wrong: summary.json is missing or damaged");
}

TEST_F(Verify, RetryJsonlHasTheLinesThatFailed) {
  make_job();
  const auto retry = layout.done() / id / "retry.jsonl";
  write_file(retry, "{\"url\":\"http://example.org/3\"}\n");
  expect("0 missing, 0 duplicate, 1 wrong, 0 stray", "retry.jsonl:1 is not the line that failed");
  write_file(retry, "");
  expect("0 missing, 0 duplicate, 1 wrong, 0 stray", "retry.jsonl has 0 lines, 1 lines failed");
  write_file(retry, "{\"url\":\"http://example.org/4\"}\n{\"url\":\"http://example.org/5\"}\n");
  expect("0 missing, 0 duplicate, 1 wrong, 0 stray", "retry.jsonl has 2 lines, 1 lines failed");
  fs::remove(retry);
  expect("0 missing, 0 duplicate, 1 wrong, 0 stray", "wrong: retry.jsonl: ");
}

TEST_F(Verify, TellsTheFirstProblemsAndCountsTheOthers) {
  make_job();
  fs::remove_all(layout.images() / id);
  options.told = 1;
  EXPECT_EQ(run(), 3);
  EXPECT_THAT(out, HasSubstr("missing: line 2: "));
  EXPECT_THAT(out, Not(HasSubstr("missing: line 3: ")));
  EXPECT_THAT(out, HasSubstr("  and 3 more\n"));
}

TEST_F(Verify, AddsUpSeveralJobsAndLooksAtEachOnce) {
  make_job();
  make_job("20261126T120001-0002-dogs");
  fs::remove(image(1));
  options.jobs = {id, "all"};
  EXPECT_EQ(run(), 3);
  EXPECT_THAT(out, HasSubstr("20261126T120001-0002-dogs  done\n"));
  EXPECT_THAT(out, EndsWith("\n2 jobs: 1 missing, 0 duplicate, 0 wrong, 0 stray\n"));
}

TEST_F(Verify, AJobThatIsNotThereCannotBeVerified) {
  make_job();
  options.jobs = {id, "20990101"};
  EXPECT_EQ(run(), 1);
  EXPECT_EQ(out, "");
  EXPECT_THAT(err, HasSubstr("gannet: there is no job 20990101 in active/, done/ or failed/ of "));
}

TEST_F(Verify, IsReadByProgramsAsJson) {
  make_job();
  fs::remove(image(1));
  options.json = true;
  EXPECT_EQ(run(), 3);
  const auto value = boost::json::parse(out);
  EXPECT_EQ(value.at("missing").to_number<int>(), 1);
  EXPECT_EQ(value.at("stray").to_number<int>(), 0);
  const auto& job = value.at("jobs").at(0);
  EXPECT_EQ(job.at("job").as_string(), id);
  EXPECT_EQ(job.at("state").as_string(), "done");
  EXPECT_EQ(job.at("rows").to_number<int>(), 6);
  EXPECT_EQ(job.at("outcomes").at("ok").to_number<int>(), 4);
  EXPECT_EQ(job.at("files").to_number<int>(), 3);
  EXPECT_EQ(job.at("hashed").to_number<int>(), 3);
  EXPECT_EQ(job.at("missing").to_number<int>(), 1);
  const auto& problem = job.at("problems").at(0);
  EXPECT_EQ(problem.at("kind").as_string(), "missing");
  EXPECT_EQ(problem.at("line").to_number<int>(), 3);
  EXPECT_EQ(problem.at("url").as_string(), "http://example.org/1");
  EXPECT_EQ(job.as_object().if_contains("unproven"), nullptr);
}

TEST_F(Verify, DisarmsWhatJournalsAndFileNamesSay) {
  make_job();
  write_file(layout.images() / id / "00000/\x1b[2J.jpg", "x");
  change_journal([](Lines& lines) { replace(lines[1], path_of(id, 1), "\\u001b]0;owned\\u0007"); });
  EXPECT_EQ(run(), 3);
  const std::string page = out;
  options.json = true;
  run();
  for (const auto& said : {page, out, err}) EXPECT_THAT(said, Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace gannet::cli
