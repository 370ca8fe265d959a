// The pipeline, built and wired: inbox -> frontier -> fetch -> decode -> store -> report. One object a process, on the
// main thread; run() is the main loop.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/reload.hpp"
#include "core/layout.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "decode/examiner.hpp"
#include "fetch/lane.hpp"
#include "frontier/dispatcher.hpp"
#include "frontier/refetch.hpp"
#include "inbox/inbox.hpp"
#include "main/job_keeper.hpp"
#include "main/root.hpp"
#include "main/service_manager.hpp"
#include "report/hook.hpp"
#include "report/logs.hpp"
#include "report/status_files.hpp"
#include "store/catalogue.hpp"
#include "store/store.hpp"

namespace gannet {

/// How many lanes the settings ask for.
unsigned lanes_of(const Settings& settings);

class Engine {
 public:
  struct Options {
    bool watch_inbox = true;                                       // false: run() ends with the last job
    std::function<void(const Snapshot&)> on_status = {};           // on the main thread
    std::function<void(const frontier::JobEnd&)> on_job_end = {};  // likewise, once its folder is in done/ or failed/
    std::function<std::optional<Settings>()> reload = {};          // at SIGHUP; nothing: keep what is
    std::unique_ptr<decode::ForkServer> decoders = {};  // started before all threads; null: nothing is decoded
  };

  /// Starts every stage. Throws std::runtime_error (or a child of it) with a message for the operator.
  Engine(const Settings& settings, const Root& root, report::Logs& logs, Options options);

  /// Adds a job; before run(), or from a callback.
  void add(ResumedJob job);
  void add(Job job, std::unique_ptr<RowSource> source);

  enum class End : unsigned char {
    complete,     // no job is left
    interrupted,  // told to stop with jobs left; the next run goes on with them
    broken,       // the disk failed, and nobody told it to stop; likewise
  };

  /// Until SIGTERM or SIGINT, or without an inbox until the last job ended.
  End run();

  /// After End::broken of a daemon: what failed, for the operator.
  const std::string& why_broken() const { return failed_disk_->why; }

 private:
  std::unique_ptr<Earlier> recall(const FetchTask& task);  // on the dispatcher's thread
  bool has_room() const;                                   // for what is being fetched; any thread
  void tell_room();                                        // there is again; any thread
  void hear_lane(unsigned lane, std::vector<Fetched> ended);
  void end_job(frontier::JobEnd end);
  void hear_job_end(const frontier::JobEnd& end, bool put_away);
  void hear_broken_disk(const Fault& fault);  // any thread
  void hear_signal();
  ByteCount being_fetched() const;  // bytes of bodies in memory
  void try_spool_again();
  void give_memory_back();
  void tell_hook_of_end(const frontier::JobEnd& end);
  void tell_status(Snapshot snapshot);
  void stop(std::string_view why, milliseconds patience);
  void cancel_lanes();
  void reload();

  Settings settings_;
  config::InForce in_force_;
  const Layout layout_;
  report::Logs& logs_;
  Options options_;
  ServiceManager service_manager_;
  JobNumber next_number_ = 1;
  std::size_t active_jobs_ = 0;
  bool stopping_ = false;
  bool told_to_stop_ = false;              // by a signal
  bool all_put_away_ = true;               // the jobs that ended, without an inbox
  std::optional<DiskStatus> failed_disk_;  // it is not to be trusted any more
  bool stopped_ = false;
  std::string last_state_;          // that was told
  std::vector<BlockedFile> stuck_;  // folders in active/ whose job cannot go on
  const frontier::RefetchRules refetch_rules_;

  // Built in this order, taken down in reverse: a stage may use those above it until it is gone. The other way round,
  // the store tells the lanes of room, and the dispatcher both what to do: run() stops them before they go.
  boost::asio::io_context io_{1};
  boost::asio::signal_set signals_;
  boost::asio::steady_timer patience_;
  report::StatusFiles status_files_;
  std::unique_ptr<report::Hook> on_record_;  // or null, as all three here
  std::unique_ptr<report::Hook> on_job_done_;
  std::unique_ptr<store::Catalogue> catalogue_;
  frontier::Dispatcher dispatcher_;
  std::unique_ptr<JobKeeper> keeper_;
  std::unique_ptr<store::Store> store_;
  decode::Examiner examiner_;
  std::unique_ptr<net::AddressGate> gate_;  // of all lanes; or null
  fetch::Spool spool_;                      // of all lanes
  std::vector<std::unique_ptr<fetch::Lane>> lanes_;
  std::unique_ptr<inbox::Inbox> inbox_;
};

}  // namespace gannet
