// Watches the inbox and turns complete lists into jobs. Owned by main, on the thread of the io_context it is given; its
// callbacks come on that thread. It reads no further than the first rows of a list, and never runs or ends a job.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "core/job.hpp"
#include "core/layout.hpp"
#include "core/row.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "inbox/candidates.hpp"
#include "inbox/claimer.hpp"
#include "inbox/folder_watch.hpp"
#include "inbox/inbox_scan.hpp"
#include "inbox/job_ids.hpp"

namespace gannet::inbox {

class Inbox {
 public:
  struct Callbacks {
    /// A list was claimed: a new job, its number still 0, and its rows. Must not destroy the Inbox.
    std::function<void(Job, std::unique_ptr<RowSource>)> on_list;
  };

  /// The io_context must outlive it.
  Inbox(boost::asio::io_context& io, InboxSettings settings, ListSettings list_settings, Layout layout,
        Callbacks callbacks);
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;
  ~Inbox();

  /// Looks at what is there and begins to watch; call it once. `active_jobs` count against the limit from the start:
  /// those of an earlier run that go on, by their priority.
  void start(const std::vector<Priority>& active_jobs = {});

  /// No callback comes after this. A list that is being claimed is one of the next start.
  void stop();

  /// One of the jobs it was started with or handed over has ended, so another may be claimed.
  void job_finished(Priority priority);

  /// New settings, from now on.
  void apply(InboxSettings settings);

  /// Files that cannot be read or moved, at most 100 of them, and jobs that cannot be begun. Those are tried again at
  /// each full look, these each second.
  std::vector<BlockedFile> blocked() const;

  /// Lists that are complete and wait for others to end.
  std::size_t waiting() const { return is_full_ ? candidates_.ready_count() : 0; }

 private:
  void turn();
  void wake(TimePoint when);
  void begin_look();
  bool look_on();
  bool examine_due();
  void claim_ready();
  bool has_room() const;
  bool has_place(Priority priority) const;
  unsigned& active(Priority priority) { return active_jobs_[static_cast<std::size_t>(priority)]; }

  void arrived(const InboxFile& file, Arrival arrival);
  bool examine(const InboxFile& file);
  std::vector<InboxFile> take_ready();
  bool settle(const InboxFile& file, Claimed& claimed);
  void hand_over(Claimed claimed);
  void hold(Claimed claimed);
  void try_refused_again();
  void block(const InboxFile& file, const std::string& why);
  std::filesystem::path path_of(const InboxFile& file) const;

  boost::asio::io_context& io_;
  InboxSettings settings_;
  Layout layout_;
  Callbacks callbacks_;
  JobIds ids_;
  Candidates candidates_;
  FolderWatch watch_;
  std::optional<InboxScan> scan_;  // while a full look is under way
  TimePoint look_began_{};
  TimePoint next_look_{};
  std::array<unsigned, 3> active_jobs_{};  // by priority; those being claimed, too
  bool is_full_ = false;                   // the best of those that are ready has no place
  bool told_full_ = false;                 // since some wait
  unsigned failures_ = 0;                  // claims in a row, since the last full look
  bool running_ = false;
  bool claiming_ = false;                       // a group
  std::vector<Claimed> refused_;                // to be tried again, but for those that are just now
  std::map<std::string, std::string> why_not_;  // of all of them, by job
  TimePoint next_try_{};
  boost::asio::steady_timer timer_;
  std::optional<TimePoint> armed_;  // for when
  // The timer's handler holds it weakly: one that was already queued when this object went must not touch it.
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  Claimer claimer_;
};

}  // namespace gannet::inbox
