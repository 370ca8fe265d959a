// Waits with whoever writes while the disk takes nothing: less than `store.min_free` is free, or it refuses. Closed, it
// stops the fetching too; it opens by itself. Any thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "core/reason.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"

namespace gannet::store {

class DiskGate {
 public:
  using Probe = std::function<Result<void>()>;  // writes something small where the work does
  struct Callbacks {
    Probe probe;  // of work that has none of its own; any thread
    std::function<void()> opened;
  };

  /// `folder` is anywhere on the disk.
  DiskGate(std::filesystem::path folder, ByteCount min_free, Callbacks callbacks);

  bool is_open() const { return !closed_.load(std::memory_order_relaxed); }

  /// Since when it is closed, and why.
  std::optional<DiskStatus> status() const;

  /// Looks how much is free: once a second, and sooner when half of what was free then has been written since, with
  /// the `coming` bytes. Whoever waits looks by itself.
  void look(ByteCount coming = 0);

  /// Does `work`, which writes, until the disk takes it. `size` bytes will be written in one file. Faults: `disk_full`
  /// when the whole disk is smaller; `disk_error` when the disk takes everything but this; `cancelled` after stop().
  template <class Work>
  auto insist(ByteCount size, const Work& work) {
    return insist(size, work, callbacks_.probe);
  }
  template <class Work>
  auto insist(ByteCount size, const Work& work, const Probe& probe) {
    look(size);
    for (Visit visit(*this);;) {
      visit.enter();
      auto done = work();
      if (done) return done;
      if (const auto end = visit.refused(done.error(), size, probe)) return decltype(done)(*end);
    }
  }

  /// Nobody waits any more: everything is tried once.
  void stop();

 private:
  // One who has something to write.
  class Visit {
   public:
    explicit Visit(DiskGate& gate) : gate_(gate) {}
    ~Visit();

    /// Waits until enough is free, or stop().
    void enter();

    /// The end of it; nothing, after a moment: it is worth another try.
    std::optional<Fault> refused(const Fault& refusal, ByteCount size, const Probe& probe);

   private:
    DiskGate& gate_;
    bool holds_closed_ = false;
    unsigned tries_ = 0;
  };

  void update();

  const std::filesystem::path folder_;
  const ByteCount min_free_;
  const Callbacks callbacks_;
  std::atomic<bool> closed_{false};
  std::atomic<TimePoint> next_look_{TimePoint{}};
  std::atomic<std::int64_t> until_look_{0};  // bytes

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable stopping_;
  bool stopped_ = false;
  bool low_ = false;      // too little is free
  unsigned refused_ = 0;  // visitors whom the disk refused
  std::string why_;
  TimePoint since_{};
  WallTime told_since_{};
};

}  // namespace gannet::store
