// The beginning and the end of a job on the disk: resumes what an earlier run left, and turns an ended job into its
// folder in done/ or failed/. Ending jobs takes a thread of its own, since it may read a long list again.
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <optional>

#include "core/atomic_file.hpp"
#include "core/layout.hpp"
#include "core/settings.hpp"
#include "frontier/job_book.hpp"
#include "store/progress.hpp"

namespace gannet {

struct ResumedJob {
  frontier::NewJob job;
  store::Progress progress;
};

/// Recovers one job that was found in active/; nothing when it cannot go on, which is told in the log.
std::optional<ResumedJob> resume_job(const Layout& layout, const ListSettings& lists, Job job);

/// Puts the folders of ended jobs where they belong. Destroying it waits for those under way.
class JobKeeper {
 public:
  JobKeeper(Layout layout, ListSettings lists, Durable durable)
      : layout_(std::move(layout)), lists_(std::move(lists)), durable_(durable) {}
  ~JobKeeper() { thread_.join(); }

  /// Called on the keeper's thread. `put_away` is false when the folder had to stay in active/: the next start tries
  /// again. A job whose list has grown goes on instead.
  struct Callbacks {
    std::function<void(const frontier::JobEnd&, bool put_away)> ended;
    std::function<void(ResumedJob)> goes_on;
  };

  /// Writes retry.jsonl and summary.json and moves the folder, in the background.
  void end(frontier::JobEnd end, Callbacks callbacks);

 private:
  std::optional<ResumedJob> go_on(const frontier::JobEnd& end);
  Result<void> put_away(frontier::JobEnd& end);

  Layout layout_;
  ListSettings lists_;
  Durable durable_;
  boost::asio::thread_pool thread_{1};
};

}  // namespace gannet
