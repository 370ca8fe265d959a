// The end of a job on the disk: turns its folder into one in done/ or failed/. It takes a thread of its own, since it
// may read a long list again.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/layout.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "core/sync_group.hpp"
#include "frontier/job_book.hpp"
#include "main/resume_job.hpp"

namespace gannet {

/// Puts the folders of ended jobs where they belong, those that end together in one group. What the disk refuses is
/// tried again until it takes it; other jobs do not wait for it. Destroying it waits for what was told, and leaves
/// what is refused in active/ to the next start.
class JobKeeper {
 public:
  JobKeeper(Layout layout, ListSettings lists, Sync sync)
      : layout_(std::move(layout)), lists_(std::move(lists)), sync_(sync) {}
  ~JobKeeper();

  /// Called on the keeper's thread. `put_away` is false when the folder stays in active/: it cannot be read on. A job
  /// whose list has grown goes on instead.
  struct Callbacks {
    std::function<void(const frontier::JobEnd&, bool put_away)> ended;
    std::function<void(ResumedJob)> goes_on;
  };

  /// Writes retry.jsonl and summary.json and moves the folder, in the background.
  void end(frontier::JobEnd end, Callbacks callbacks);

  /// Those that the disk refused so far, and why. Any thread.
  struct Refused {
    std::vector<JobStatus> jobs;
    std::optional<DiskStatus> disk;
  };
  Refused refused() const;

 private:
  struct Ended {
    frontier::JobEnd end;
    Callbacks callbacks;
    std::string broken;    // what was told of the list when the job ended
    bool refused = false;  // before
    Fault fault{};         // of this try
  };

  void hear(Ended ended);
  void work();
  static bool goes_alone(const Ended& job);
  std::vector<Ended> take_group(SyncGroup& group);
  static void sync(SyncGroup& group, std::vector<Ended>& jobs);
  Result<ResumedJob> go_on(const frontier::JobEnd& end);
  Result<void> complete(frontier::JobEnd& end, SyncGroup& group) const;
  void tell(Ended& job);
  void hold(Ended job);
  void try_again_later();

  Layout layout_;
  ListSettings lists_;
  Sync sync_;
  mutable std::mutex mutex_;  // guards what is told to others
  Refused refused_;
  boost::asio::thread_pool thread_{1};  // owns what follows
  boost::asio::steady_timer timer_{thread_};
  std::deque<Ended> waiting_;
  std::vector<Ended> held_;  // refused, until the timer
  bool working_ = false;
  Clock::duration longest_try_{0};  // since the last of those began
  bool stopping_ = false;
};

}  // namespace gannet
