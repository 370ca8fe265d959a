// Group commit: collects what the writers staged and what ended without bytes, and makes it durable in the one order
// that keeps the promise "a record means that the file is there". One thread, its own.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <unordered_map>
#include <variant>
#include <vector>

#include "core/bell.hpp"
#include "core/fetch_task.hpp"
#include "core/mailbox.hpp"
#include "core/settings.hpp"
#include "core/sync_group.hpp"
#include "store/disk_gate.hpp"
#include "store/image_store.hpp"
#include "store/journal.hpp"
#include "store/progress.hpp"

namespace gannet::store {

/// A record, and the staged image that it tells of, if any.
struct Staging {
  Record record;
  std::string image;  // its temporary name; empty: none
  std::uint64_t key = 0;
  std::string_view extension;
  std::vector<std::pair<std::uint32_t, std::string>> thumbnails{};  // side, and temporary name
};

/// Turns the record of an image into that of a failure: what the disk did not take is not there.
void mark_not_stored(Record& record, const Fault& fault);

class Committer {
 public:
  struct Callbacks {
    /// These records are durable; `lines` holds them as JSON, one a line.
    std::function<void(const std::vector<Record>& records, std::string_view lines)> committed;
    /// The disk failed in a way that the books cannot survive in this process: it must stop, and recover at its next
    /// start.
    std::function<void(Fault)> broken;
  };

  Committer(ImageStore& images, DiskGate& gate, const StoreSettings& settings, Callbacks callbacks);

  /// Commits what has been posted, if the disk takes it, then ends.
  ~Committer();

  /// All from any thread. A job is opened before anything of it is posted, and closed after everything of it was
  /// committed; then its journal is closed and `closed` called, on the committer's thread.
  void open(const Job& job, Progress progress = {});
  void close(JobNumber job, std::function<void()> closed);
  void post(Staging staging);

  /// The list of the job has been read to there.
  void read_to(JobNumber job, const ListMark& mark);

  /// Commit what is there, or what comes next, soon instead of waiting for the interval.
  void flush();

 private:
  struct OpenJob {
    Job job;
    Journal journal;
    std::string lines;  // of the group being committed
    Progress progress;
    MarkKeeper marks;
    std::string list;                   // its identity
    std::uint64_t next_checkpoint = 0;  // at so many records
    TimePoint no_checkpoint_before{};
  };
  using Command = std::function<void()>;

  Result<void> sync_beginning(const Job& job);
  void tell(Command command);
  void run();
  void take_in();
  void commit();
  bool publish_group();
  bool write_journals();
  void count_group();
  void save_checkpoint(OpenJob& job);
  unsigned shard_size_of(const Job& job) const;
  void tell_broken(const Fault& fault);
  void publish_thumbnails(const Staging& staging);
  void fail_image(Staging& staging, const Fault& fault);

  ImageStore& images_;
  DiskGate& gate_;
  StoreSettings settings_;
  Callbacks callbacks_;
  SyncGroup journals_;
  std::unordered_map<JobNumber, OpenJob> jobs_;
  std::vector<Staging> group_;
  bool broken_ = false;

  std::atomic<bool> told_{false};  // a command waits: it is no record and need not wait for its group
  std::atomic<bool> flush_{false};
  std::atomic<bool> stop_{false};
  Bell bell_;
  Mailbox<std::variant<Staging, Command>> mailbox_;  // one, so that a job is open before its records come
  std::thread thread_;
};

}  // namespace gannet::store
