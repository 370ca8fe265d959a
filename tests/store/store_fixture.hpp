// A root on the disk with jobs in it, and an ear for what becomes durable that checks the promise as it hears it: an
// `ok` record means that the file is there, and any record that its journal holds it.
#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "core/layout.hpp"
#include "store/committer.hpp"
#include "support/temp_folder.hpp"

namespace gannet::store::test {

class StoreTest : public testing::Test {
 protected:
  Job job_of(JobNumber number) const {
    Job job;
    job.number = number;
    job.id = "job-" + std::to_string(number);
    job.folder = layout.active() / job.id;
    std::filesystem::create_directories(job.folder);
    return job;
  }

  static Record record_of(JobNumber job, std::uint64_t line, Reason reason = Reason::none) {
    Record record;
    record.job = job;
    record.line = line;
    record.url = "http://example.org/" + std::to_string(line);
    record.reason = reason;
    record.outcome = outcome_of(reason);
    return record;
  }

  static std::string bytes_of(std::uint64_t line) { return "the bytes of line " + std::to_string(line); }

  std::string journal(JobNumber number) const { return gannet::test::read_file(job_of(number).journal()); }

  /// The callbacks of a committer or a store. They run on the committer's thread.
  Committer::Callbacks ear() {
    return {.committed =
                [this](const std::vector<Record>& records, std::string_view lines) {
                  const std::lock_guard lock(mutex);
                  std::map<JobNumber, std::string> journals;
                  for (const auto& record : records) {
                    auto& lines_now = journals[record.job];
                    if (lines_now.empty()) lines_now = journal(record.job);
                    check(record, lines_now);
                  }
                  committed.insert(committed.end(), records.begin(), records.end());
                  told += lines;
                  changed.notify_all();
                },
            .broken =
                [this](Fault fault) {
                  const std::lock_guard lock(mutex);
                  broken.push_back(std::move(fault));
                  changed.notify_all();
                }};
  }

  /// Waits until `true_now`, asked under the lock, is so. False: it has not become so for very long.
  template <class Predicate>
  bool wait(Predicate true_now) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, 60s, true_now);
  }
  bool wait_for_records(std::size_t count) {
    return wait([&] { return committed.size() >= count; });
  }

  /// Waits until the committer has heard all that was said to it before.
  bool settled(Committer& committer) {
    bool closed = false;
    committer.close(0, [&] {
      const std::lock_guard lock(mutex);
      closed = true;
      changed.notify_all();
    });
    return wait([&] { return closed; });
  }

  gannet::test::TempFolder folder;
  Layout layout{folder.path()};

  std::mutex mutex;  // guards what follows
  std::condition_variable changed;
  std::vector<Record> committed;
  std::string told;
  std::vector<Fault> broken;

 private:
  void check(const Record& record, const std::string& lines) {
    EXPECT_NE(lines.find("\"line\":" + std::to_string(record.line) + ","), std::string::npos) << record.line;
    if (record.outcome != Outcome::ok) return;
    EXPECT_EQ(gannet::test::read_file(layout.root / record.path), bytes_of(record.line));
    EXPECT_NE(lines.find(record.path), std::string::npos);
  }
};

}  // namespace gannet::store::test
