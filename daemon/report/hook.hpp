// A hook: one long-lived program of the operator's that is told of records, or of jobs that have ended, a JSON object a
// line. A thread of its own writes, waits for the acknowledgements, and starts the program again when it dies; whoever
// tells it something never waits. Owned by the engine.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/child_process.hpp"
#include "core/mailbox.hpp"
#include "core/snapshot.hpp"
#include "core/time.hpp"
#include "report/hook_queue.hpp"

namespace gannet::report {

class Hook {
 public:
  struct Options {
    std::string name;                  // "on_record"
    std::vector<std::string> command;  // the program, by its absolute path, and its arguments
    HookQueue::Limits limits{};
    milliseconds patience{60000};      // without an acknowledgement that is due; then it is killed
    milliseconds first_wait{1000};     // before it is started again; doubles each time,
    milliseconds longest_wait{60000};  // up to this
    milliseconds farewell{3000};       // at the end, for what is still to be told
  };

  /// Starts the thread, which starts the program.
  explicit Hook(Options options);

  /// Tells what it still can, closes the program's input, and ends it when it does not end of that.
  ~Hook();
  Hook(const Hook&) = delete;
  Hook& operator=(const Hook&) = delete;

  /// Complete lines. What there is no room for is dropped and counted. Any thread; waits for nothing.
  void tell(std::string_view lines);

  /// Any thread.
  HookStatus status() const;

 private:
  void run();
  void take_in();
  void start(TimePoint now);
  void write_some(TimePoint now);
  void hear_some(TimePoint now);
  void look_after(TimePoint now);
  void bury(TimePoint now, const std::string& why);
  void tell_of_drops(TimePoint now);
  void publish();
  bool ends(TimePoint now);
  void wait(TimePoint now);
  void wake();

  const Options options_;
  HookQueue queue_;
  std::optional<ChildProcess> child_;
  std::string writing_;  // what of the last line the pipe did not take yet
  TimePoint start_at_{};
  TimePoint due_{};      // the next acknowledgement, while lines are under way
  TimePoint gone_at_{};  // when the program closed its output: then it should end soon
  TimePoint deaf_at_{};  // when it had closed its input: likewise
  milliseconds next_wait_;
  std::uint64_t restarts_ = 0;
  bool spoke_too_much_ = false;
  std::string why_;  // it ended last
  std::uint64_t told_drops_ = 0;
  TimePoint no_word_of_drops_before_{};
  std::optional<TimePoint> end_by_;

  mutable std::mutex published_lock_;  // taken for a moment, a few times a second
  HookStatus published_;

  std::atomic<bool> stopping_{false};
  std::atomic<std::size_t> posted_bytes_{0};  // in the mailbox
  std::atomic<std::uint64_t> overflow_{0};    // lines that did not get that far
  Descriptor bell_;
  Mailbox<std::string> mailbox_;
  std::thread thread_;
};

}  // namespace gannet::report
