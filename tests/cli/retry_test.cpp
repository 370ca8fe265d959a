#include "cli/retry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/books.hpp"

namespace gannet::cli {
namespace {

namespace fs = std::filesystem;

using test::names_in;
using test::read_file;
using test::write_file;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

using Names = std::vector<std::string>;

constexpr std::string_view first = R"({"url":"http://a/1","sha256":"00","caption":"one"})";
constexpr std::string_view second = R"({"url":"http://a/3","caption":"three"})";
constexpr std::string_view third = R"({"url":"http://a/4"})";

class Retry : public BooksTest {
 protected:
  Retry() {
    options.job = id;
    options.settings.store.root = layout.root;
  }

  int run() {
    return captured([this] { return retry(options); });
  }

  // A job of which lines 2 and 5 failed with 404 and line 4 was reset; its journal has them in another order.
  void make_failed_job(const std::string& state = "done", const std::string& priority = "normal") {
    const auto at = layout.root / state / id;
    fs::create_directories(at);
    write_file(at / "list.txt", "#! fetch.tries=2\nhttp://a/1\nhttp://a/2\nhttp://a/3\nhttp://a/4\n");
    std::string journal;
    for (const auto& [line, reason] : {std::pair(5, Reason::http_status), std::pair(3, Reason::none),
                                       std::pair(4, Reason::reset), std::pair(2, Reason::http_status)}) {
      Record record;
      record.time = wall_now();
      record.line = static_cast<std::uint64_t>(line);
      record.reason = reason;
      record.outcome = outcome_of(reason);
      append_json(journal, record, id);
    }
    write_file(at / "results.jsonl", journal);
    write_file(at / "summary.json", R"({"source":"cats 2.txt","priority":")" + priority + "\"}\n");
    write_file(at / "retry.jsonl", std::string(first) + '\n' + std::string(second) + '\n' + std::string(third) + '\n');
  }

  Names dropped(const fs::path& inbox) {
    auto names = names_in(inbox);
    std::erase_if(names, [](const std::string& name) { return name == "urgent" || name == "bulk"; });
    return names;
  }

  RetryOptions options;
};

TEST_F(Retry, ResubmitsWhatFailedWithItsColumnsAndOptions) {
  make_failed_job();
  EXPECT_EQ(run(), 0) << err;
  const auto list = layout.inbox() / "cats_2-retry.jsonl";
  EXPECT_EQ(out, "20261126T120000-0001-cats: 3 of the 3 lines that failed -> " + list.string() + '\n');
  EXPECT_EQ(err, "");
  EXPECT_EQ(dropped(layout.inbox()), Names{"cats_2-retry.jsonl"});
  EXPECT_EQ(read_file(list),
            "#! fetch.tries=2\n" + std::string(first) + '\n' + std::string(second) + '\n' + std::string(third) + '\n');
}

TEST_F(Retry, ChoosesByReason) {
  make_failed_job();
  options.reasons = {Reason::http_status};
  EXPECT_EQ(run(), 0) << err;
  EXPECT_THAT(out, HasSubstr(": 2 of the 3 lines that failed -> "));
  EXPECT_EQ(read_file(layout.inbox() / "cats_2-retry.jsonl"),
            "#! fetch.tries=2\n" + std::string(first) + '\n' + std::string(third) + '\n');
  options.reasons = {Reason::reset, Reason::host_dead};
  EXPECT_EQ(run(), 0) << err;
  EXPECT_EQ(read_file(layout.inbox() / "cats_2-retry-2.jsonl"), "#! fetch.tries=2\n" + std::string(second) + '\n');
}

TEST_F(Retry, SaysThatThereIsNothingToDo) {
  make_failed_job();
  options.reasons = {Reason::too_slow, Reason::too_large};
  EXPECT_EQ(run(), 0);
  EXPECT_EQ(out, "20261126T120000-0001-cats: nothing to retry: no line failed for too_slow or too_large\n");
  make_job();
  change_journal([](std::vector<std::string>& lines) { lines.erase(lines.begin() + 4); });
  options.reasons = {};
  EXPECT_EQ(run(), 0);
  EXPECT_EQ(out, "20261126T120000-0001-cats: nothing to retry: no line failed\n");
  EXPECT_EQ(dropped(layout.inbox()), Names{});
}

TEST_F(Retry, KeepsThePriority) {
  make_failed_job("done", "bulk");
  EXPECT_EQ(run(), 0) << err;
  EXPECT_EQ(dropped(layout.inbox() / "bulk"), Names{"cats_2-retry.jsonl"});
}

TEST_F(Retry, WorksOnAJobThatItselfFailed) {
  make_failed_job("failed", "urgent");
  EXPECT_EQ(run(), 0) << err;
  EXPECT_EQ(dropped(layout.inbox() / "urgent"), Names{"cats_2-retry.jsonl"});
}

TEST_F(Retry, LeavesAnActiveJobAlone) {
  make_failed_job("active");
  EXPECT_EQ(run(), 1);
  EXPECT_EQ(err, "gannet: job 20261126T120000-0001-cats is still active: its lines can be retried once it has ended\n");
  EXPECT_EQ(dropped(layout.inbox()), Names{});
}

TEST_F(Retry, TakesOneJob) {
  make_failed_job();
  fs::create_directories(layout.done() / "20261126T120001-0002-dogs");
  options.job = "all";
  EXPECT_EQ(run(), 1);
  EXPECT_THAT(err, HasSubstr("gannet: one job at a time"));
  options.job = "birds";
  EXPECT_EQ(run(), 1);
  EXPECT_THAT(err, HasSubstr("gannet: there is no job birds"));
}

TEST_F(Retry, DropsNothingWhenTheBooksAreDamaged) {
  make_failed_job();
  change_journal([](std::vector<std::string>& lines) { lines[1] = "{}\n"; });
  EXPECT_EQ(run(), 1);
  EXPECT_THAT(err, HasSubstr("results.jsonl:2: this is no record; see gannet verify " + std::string(id)));
  make_failed_job();
  write_file(layout.done() / id / "retry.jsonl", std::string(4, '\n'));
  EXPECT_EQ(run(), 1);
  EXPECT_THAT(err, HasSubstr("has more lines than failed"));
  fs::remove(layout.done() / id / "retry.jsonl");
  EXPECT_EQ(run(), 1);
  EXPECT_THAT(err, HasSubstr("retry.jsonl: No such file"));
  EXPECT_EQ(dropped(layout.inbox()), Names{});
}

TEST_F(Retry, DoesNotBelieveALineThatNoListHas) {
  make_failed_job();
  change_journal(
      [](std::vector<std::string>& lines) { replace(lines[0], "\"line\":5", "\"line\":9223372036854775807"); });
  EXPECT_EQ(run(), 1);
  EXPECT_THAT(err, HasSubstr("names a line that no list has"));
}

TEST_F(Retry, SaysWhenSomeLinesAreLost) {
  make_failed_job("failed");
  write_file(layout.failed() / id / "retry.jsonl", std::string(first) + '\n');
  EXPECT_EQ(run(), 0);
  EXPECT_THAT(out, HasSubstr(": 1 of the 3 lines that failed -> "));
  EXPECT_THAT(out, EndsWith("; 2 others are not in retry.jsonl\n"));
}

TEST_F(Retry, SaysWhenTheOptionsAreLost) {
  make_failed_job();
  fs::rename(layout.done() / id / "list.txt", layout.done() / id / "list.job");
  write_file(layout.done() / id / "list.job", "list: /nowhere/cats.txt\n");
  EXPECT_EQ(run(), 1);
  EXPECT_THAT(err, HasSubstr("the options of its list cannot be read: "));
  EXPECT_THAT(err,
              EndsWith("to go on without them: gannet submit " + (layout.done() / id / "retry.jsonl").string() + '\n'));
  EXPECT_EQ(dropped(layout.inbox()), Names{});
}

TEST(RetryName, DoesNotGrow) {
  EXPECT_EQ(retry_name("cats.csv.gz"), "cats-retry.jsonl");
  EXPECT_EQ(retry_name("cats-retry.jsonl"), "cats-retry.jsonl");
  EXPECT_EQ(retry_name("cats-retry-2.jsonl"), "cats-retry.jsonl");
  EXPECT_EQ(retry_name("cats-retry-x.jsonl"), "cats-retry-x-retry.jsonl");
  EXPECT_EQ(retry_name("cats-retry-.jsonl"), "cats-retry--retry.jsonl");
  EXPECT_EQ(retry_name("-retry.txt"), "_retry-retry.jsonl");
}

TEST(FailingReasons, AreThoseThatLinesFailFor) {
  EXPECT_EQ(parse_failing_reason("http_status"), Reason::http_status);
  for (const auto* text : {"", "none", "robots", "bad_url", "fate"}) EXPECT_FALSE(parse_failing_reason(text)) << text;
  EXPECT_THAT(failing_reasons(), HasSubstr("dns_not_found dns_failed "));
  EXPECT_THAT(failing_reasons(), Not(HasSubstr("robots")));
}

}  // namespace
}  // namespace gannet::cli
