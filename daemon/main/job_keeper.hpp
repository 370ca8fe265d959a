// The beginning and the end of a job on the disk: resumes what an earlier run left, and turns an ended job into its
// folder in done/ or failed/. Ending jobs takes a thread of its own, since it may read a long list again.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "core/atomic_file.hpp"
#include "core/layout.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "frontier/job_book.hpp"
#include "store/progress.hpp"

namespace gannet {

struct ResumedJob {
  frontier::NewJob job;
  store::Progress progress;
};

/// Recovers one job that was found in active/. Faults, which are told in the log: `bad_url`: it was no list, and is in
/// rejected/ now; others: it cannot go on, and is left where it is.
Result<ResumedJob> resume_job(const Layout& layout, const ListSettings& lists, Job job);

/// Puts the folders of ended jobs where they belong. What the disk refuses is tried again until it takes it; other jobs
/// do not wait for it. Destroying it waits for what is under way, and leaves the rest in active/ to the next start.
class JobKeeper {
 public:
  JobKeeper(Layout layout, ListSettings lists, Durable durable)
      : layout_(std::move(layout)), lists_(std::move(lists)), durable_(durable) {}
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
  struct Held {
    frontier::JobEnd end;
    Callbacks callbacks;
  };

  Result<ResumedJob> go_on(const frontier::JobEnd& end);
  Result<void> try_to_put_away(frontier::JobEnd& end);
  Result<void> put_away(frontier::JobEnd& end);
  void hold(Held held, const Fault& fault);
  void try_again_later();
  void try_again();

  Layout layout_;
  ListSettings lists_;
  Durable durable_;
  mutable std::mutex mutex_;  // guards what is told to others
  Refused refused_;
  boost::asio::thread_pool thread_{1};  // owns what follows
  boost::asio::steady_timer timer_{thread_};
  std::vector<Held> held_;
  Clock::duration longest_try_{0};  // of the last round
  bool stopping_ = false;
};

}  // namespace gannet
