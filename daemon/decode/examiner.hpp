// The decode stage as a whole: takes what was fetched, and gives each line on as it is to be stored or to be told of.
// Looks at the bytes where it is called; what is an image by its header goes to a worker process, where there are any.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "core/early_check.hpp"
#include "core/fetch_task.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "decode/inspect.hpp"
#include "decode/pool.hpp"

namespace gannet::decode {

class Examiner {
 public:
  struct Callbacks {
    std::function<void(Finished)> done = {};  // on the thread that called, or the pool's
    std::function<void()> room_made = {};     // has_room() is true again; on the pool's thread
  };

  /// `server` has been started; null: no image is decoded.
  Examiner(const DecodeSettings& settings, Hash hash, std::unique_ptr<ForkServer> server, Callbacks callbacks);

  /// `fetched.record.reason` must be none. Any thread.
  void examine(Fetched fetched);

  /// What the first bytes of a body tell; `of_list` may be null. Any thread.
  Result<EarlyVerdict> check_early(std::string_view bytes, const JobOptions* of_list) const;

  /// Whether what is stored may be other bytes than those that were fetched. Any thread.
  bool changes_images(const JobOptions* of_list) const;

  /// Whether another body may come. Any thread.
  bool has_room() const { return !pool_ || pool_->has_room(); }

  /// From now on. Without a fork server from the start there can be no workers, and with one their number does not
  /// become 0.
  void apply(DecodeSettings settings);

  /// Waits for what is at the workers, for so long at most, and ends them. No examine() any more.
  void finish(milliseconds patience);

  /// Nothing without workers.
  std::optional<DecodeStatus> status() const;

 private:
  std::atomic<std::shared_ptr<const DecodeSettings>> settings_;  // shared by all threads
  const Inspector inspector_;
  Callbacks callbacks_;
  std::unique_ptr<Pool> pool_;  // or null
};

}  // namespace gannet::decode
