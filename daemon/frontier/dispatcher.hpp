// Carries out what the frontier decides, on a thread of its own: reads the lists of all jobs ahead of their fetching,
// posts tasks to lanes, hears how they ended, and knows of every line until its record is durable. All public functions
// may be called from any thread; the callbacks run on the dispatcher's.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <thread>
#include <variant>
#include <vector>

#include "core/bell.hpp"
#include "core/cpu_share.hpp"
#include "core/mailbox.hpp"
#include "core/settings.hpp"
#include "frontier/auto_connections.hpp"
#include "frontier/frontier.hpp"
#include "frontier/intake.hpp"

namespace gannet::frontier {

/// A record that became durable.
struct Receipt {
  JobNumber job = 0;
  Outcome outcome = Outcome::ok;
  Reason reason = Reason::none;
  std::uint64_t bytes = 0;
  std::unique_ptr<Record> shared;  // all of it, when others may ask for the same
};

Receipt receipt_of(const Record& record);

class Dispatcher {
 public:
  struct Callbacks {
    std::function<void(unsigned lane, std::vector<FetchTask>)> start;
    std::function<void(unsigned lane, std::string host)> prefetch;  // its name will be needed there soon
    std::function<void(Finished)> record;                           // a line that ends without bytes
    std::function<bool(const Record&)> has;                         // whether the file that it names is there
    Frontier::Recall recall = {};                                   // see there; may be empty
    std::function<bool()> room;                                     // whether what is fetched could be stored soon
    std::function<ByteCount()> memory = {};                         // that the process takes or may take any moment
    std::function<void(JobNumber, ListMark)> read_to = {};          // how far a list has been read, now and then
    std::function<void()> flush;  // nothing is under way: waiting for more records is in vain
    std::function<void(JobEnd)> job_ended;
    std::function<void(Snapshot)> status;  // every status interval; queues and jobs are filled in
    std::function<void()> drained;
    std::function<void(Fault)> broken;  // once: the disk that lines were spilled to failed
  };

  /// Lines for which memory has no room go to spill/ in `state_folder`, what is known of hosts to hosts.json there.
  Dispatcher(const FrontierSettings& settings, milliseconds status_interval, unsigned lanes,
             std::filesystem::path state_folder, Callbacks callbacks);
  ~Dispatcher();

  void add(NewJob job) { mailbox_.post(std::move(job)); }
  void ended(std::vector<AttemptEnd> ends) { mailbox_.post(std::move(ends)); }
  void recorded(std::vector<Receipt> receipts) { mailbox_.post(std::move(receipts)); }
  void room_made();
  void apply(FrontierSettings settings);

  /// Calls `status` once more, after everything said to the dispatcher before was heard.
  void ask_status();

  /// Starts nothing more; `drained` is called once, when no attempt is under way.
  void drain();

 private:
  using Command = std::function<void()>;
  using Message = std::variant<NewJob, std::vector<AttemptEnd>, std::vector<Receipt>, Command>;

  void tell(Command command) { mailbox_.post(std::move(command)); }
  void run();
  TimePoint next_wake() const;
  bool hear();
  void hear_end(AttemptEnd end, TimePoint now);
  void hear_receipt(const Receipt& receipt, TimePoint now);
  void pump();
  bool start_tasks();
  void share(FetchTask task, TimePoint now);
  void look_ahead();
  void use_connections(const FrontierSettings& settings);
  void judge_connections(TimePoint now);
  bool shares_memory() const;
  void share_memory();
  void tell_status();
  void tell_of_disk(TimePoint now);
  void recall_hosts();
  std::uint64_t news_of_hosts() const;
  bool has_unsaved_news() const { return news_of_hosts() != saved_news_; }
  void save_hosts(TimePoint now);

  milliseconds status_interval_;
  Callbacks callbacks_;
  Frontier frontier_;
  Intake intake_;
  Totals totals_;
  bool draining_ = false;
  bool has_room_ = true;   // without, room_made() or receipts come, and what is due would only wake us again and again
  bool read_on_ = false;   // reading or starting stopped to hear what else has come
  TimePoint next_look_{};  // at memory
  TimePoint next_status_{};
  std::filesystem::path hosts_file_;
  std::uint64_t saved_news_ = 0;
  TimePoint next_save_{};
  TimePoint no_save_before_{};
  TimePoint no_word_of_disk_before_{};
  std::optional<AutoConnections> auto_;
  AutoConnections::Seen seen_;  // since it was last fed
  CpuShare cpu_;
  TimePoint next_judgement_{};
  std::vector<std::vector<FetchTask>> starts_;  // by lane; posted together, so that a lane is woken once

  std::atomic<bool> stop_{false};
  Bell bell_;
  Mailbox<Message> mailbox_;  // one, so that everything is heard in the order in which it was said
  std::thread thread_;
};

}  // namespace gannet::frontier
