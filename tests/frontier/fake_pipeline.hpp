// Everything behind the dispatcher, small enough to look into: it keeps what it is handed until the test answers, or
// answers by itself. Its callbacks run on the dispatcher's thread, everything else on the test's.
#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "frontier/dispatcher.hpp"
#include "support/row_list.hpp"
#include "support/temp_folder.hpp"

namespace gannet::frontier::test {

class FakePipeline {
 public:
  explicit FakePipeline(const FrontierSettings& settings, milliseconds status_interval = 5ms)
      : dispatcher(settings, status_interval, 2, state.path(), callbacks()) {}

  void add(JobNumber number, std::unique_ptr<RowSource> source, Priority priority = Priority::normal) {
    NewJob job;
    job.job.number = number;
    job.job.id = "job-" + std::to_string(number);
    job.job.priority = priority;
    job.source = std::move(source);
    dispatcher.add(std::move(job));
  }

  /// Waits until `true_now`, asked under the lock after every callback, is so. False: it has not become so for very
  /// long.
  template <class Predicate>
  bool wait(Predicate true_now) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, 60s, true_now);
  }

  /// What goes on changing, as it is now.
  template <class T>
  T now(const T& changing) {
    const std::lock_guard lock(mutex);
    return changing;
  }

  /// Waits until the dispatcher has heard everything that was said to it before. Its window must not be full.
  bool settled() {
    const auto number = next_marker++;
    add(number, std::make_unique<gannet::test::RowList>(0, 1));
    return wait([&] { return ended.contains(number); });
  }

  /// Ends the attempt at this line.
  void answer(std::uint64_t line, Reason reason, unsigned http_status = 0) {
    AttemptEnd end;
    {
      const std::lock_guard lock(mutex);
      const auto attempt = started.find(line);
      ASSERT_NE(attempt, started.end()) << line;
      end = std::move(attempt->second);
      started.erase(attempt);
    }
    fill(end.record, end.task, reason, http_status);
    say_ended(std::move(end));
  }

  void receipt(JobNumber job, Reason reason = Reason::none, std::uint64_t bytes = 0) {
    Record record;
    record.job = job;
    record.reason = reason;
    record.outcome = outcome_of(reason);
    record.bytes = bytes;
    record.attempts = 1;
    receipt(record);
  }

  void receipt(const Record& record) {
    std::vector<Receipt> receipts;
    receipts.push_back(receipt_of(record));
    dispatcher.recorded(std::move(receipts));
  }

  static void fill(Record& record, const FetchTask& task, Reason reason, unsigned http_status) {
    record.job = task.job;
    record.line = task.row.line;
    record.reason = reason;
    record.outcome = outcome_of(reason);
    record.http_status = http_status;
    record.attempts = task.attempt;
    record.question = task.question;
  }

  std::mutex mutex;  // guards what follows
  std::condition_variable changed;
  std::map<std::uint64_t, AttemptEnd> started;  // by line, waiting for their answer
  std::vector<std::uint64_t> order;             // lines, as they were started
  std::vector<std::string> prefetched;          // hosts
  std::vector<Finished> records;                // lines that ended without bytes
  std::map<JobNumber, JobEnd> ended;
  std::vector<JobNumber> end_order;
  unsigned ends_twice = 0;
  Snapshot snapshot;
  unsigned snapshots = 0;
  unsigned flushes = 0;
  unsigned drained = 0;
  std::set<std::string> gone;  // files of records
  bool room = true;
  unsigned asked_for_room = 0;
  ByteCount memory = 0;                                              // of the whole process
  std::function<std::unique_ptr<Earlier>(const FetchTask&)> recall;  // when set before anything is added
  std::optional<Reason> autopilot;  // answers every attempt at once, and gives every record its receipt

 private:
  JobNumber next_marker = 1000;

 public:
  gannet::test::TempFolder state;
  Dispatcher dispatcher;  // last: its thread calls back into all of the above

 private:
  Dispatcher::Callbacks callbacks() {
    return {.start =
                [this](unsigned lane, std::vector<FetchTask> tasks) {
                  for (auto& task : tasks) start(lane, std::move(task));
                },
            .prefetch =
                [this](unsigned, std::string host) {
                  const std::lock_guard lock(mutex);
                  prefetched.push_back(std::move(host));
                  changed.notify_all();
                },
            .record =
                [this](Finished finished) {
                  const std::lock_guard lock(mutex);
                  if (autopilot) receipt(finished.record);
                  records.push_back(std::move(finished));
                  changed.notify_all();
                },
            .has =
                [this](const Record& record) {
                  const std::lock_guard lock(mutex);
                  return !gone.contains(record.path);
                },
            .recall = [this](const FetchTask& task) { return recall ? recall(task) : nullptr; },
            .room =
                [this] {
                  const std::lock_guard lock(mutex);
                  ++asked_for_room;
                  return room;
                },
            .memory =
                [this] {
                  const std::lock_guard lock(mutex);
                  changed.notify_all();
                  return memory;
                },
            .flush = [this] { count(flushes); },
            .job_ended =
                [this](JobEnd end) {
                  const std::lock_guard lock(mutex);
                  const auto number = end.job.number;
                  end_order.push_back(number);
                  if (!ended.emplace(number, std::move(end)).second) ++ends_twice;
                  changed.notify_all();
                },
            .status =
                [this](Snapshot now) {
                  const std::lock_guard lock(mutex);
                  snapshot = std::move(now);
                  ++snapshots;
                  changed.notify_all();
                },
            .drained = [this] { count(drained); },
            .broken = [](const Fault& fault) { ADD_FAILURE() << fault.detail; }};
  }

  void say_ended(AttemptEnd end) {
    std::vector<AttemptEnd> ends;
    ends.push_back(std::move(end));
    dispatcher.ended(std::move(ends));
  }

  void start(unsigned lane, FetchTask task) {
    const std::lock_guard lock(mutex);
    order.push_back(task.row.line);
    AttemptEnd end;
    end.lane = lane;
    if (autopilot) {
      fill(end.record, task, *autopilot, 0);
      if (*autopilot == Reason::none) receipt(task.job, Reason::none, 1);
      end.task = std::move(task);
      say_ended(std::move(end));
    } else {
      const auto line = task.row.line;
      end.task = std::move(task);
      started.emplace(line, std::move(end));
    }
    changed.notify_all();
  }

  void count(unsigned& what) {
    const std::lock_guard lock(mutex);
    ++what;
    changed.notify_all();
  }
};

}  // namespace gannet::frontier::test
