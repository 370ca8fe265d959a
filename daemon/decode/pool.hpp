// The decode workers as the pipeline sees them: lines with an image go in, from any thread, and come out as the workers
// found them. Owns a thread, which speaks to the fork server and the workers, and nothing that an image contains can
// hurt it. What to do is decided by the Roster.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <thread>

#include "core/fetch_task.hpp"
#include "core/snapshot.hpp"
#include "decode/fork_server.hpp"
#include "decode/inspect.hpp"

namespace gannet::decode {

/// A line that is good as far as anybody can tell without decoding.
struct Undecoded {
  Finished finished;
  Format format;  // by its first bytes
  Orders orders;
  Rules rules;         // of its list
  ByteCount size = 0;  // of its body, as it came; set by the pool
};

class Pool {
 public:
  struct Callbacks {
    std::function<void(Finished)> decoded = {};  // on the pool's thread
    std::function<void()> room_made = {};        // has_room() is true again; likewise
  };

  /// `server` has been started; it is started again when it dies.
  Pool(std::unique_ptr<ForkServer> server, const DecodeSettings& settings, const Inspector& inspector,
       Callbacks callbacks);
  /// What has not ended is dropped: no record is written of it.
  ~Pool();

  /// Any thread.
  void decode(Undecoded one);

  /// Times, memory and the number of workers from now on; at least one. Any thread.
  void apply(const DecodeSettings& settings);

  /// Whether the bodies that wait are within `decode.queue`. Any thread.
  bool has_room() const { return bytes() < queue_.load(std::memory_order_relaxed); }
  ByteCount bytes() const { return bytes_.load(std::memory_order_relaxed); }

  /// Waits until all that was given has ended, for so long at most.
  void finish(milliseconds patience);

  DecodeStatus status() const;

 private:
  class Desk;

  std::atomic<ByteCount> queue_;
  std::atomic<ByteCount> bytes_{0};
  boost::asio::io_context io_{1};
  std::unique_ptr<Desk> desk_;
  std::thread thread_;
};

}  // namespace gannet::decode
