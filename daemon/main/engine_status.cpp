// What is told of all stages now and then, and what is done on that occasion.
#include <malloc.h>

#include <algorithm>
#include <iterator>

#include "main/engine.hpp"

namespace gannet {
namespace {

constexpr std::size_t most_idle_memory = 16 << 20;  // kept by the allocator, for buffers to come

}  // namespace

ByteCount Engine::being_fetched() const {
  ByteCount bytes = 0;
  for (const auto& lane : lanes_) bytes += lane->body_bytes();
  return bytes;
}

// What the disk refused may fit once those that had to stay in memory have ended.
void Engine::try_spool_again() {
  if (spool_.takes() || being_fetched() > settings_.fetch.memory / 2) return;
  spool_.try_again();
  dispatcher_.room_made();
}

// Buffers that were of use for a while stay with the allocator, by the hundred megabytes after many large bodies.
void Engine::give_memory_back() {
  if (::mallinfo2().fordblks > most_idle_memory) ::malloc_trim(0);
}

void Engine::tell_status(Snapshot snapshot) {
  give_memory_back();
  try_spool_again();
  for (const auto& lane : lanes_) {
    snapshot.connections += lane->connections();
    snapshot.lane_stall = std::max(snapshot.lane_stall, lane->take_longest_stall());
  }
  if (stopped_) snapshot.state = "stopped";
  if (store_) {
    snapshot.unwritten_bytes = store_->unwritten();
    snapshot.disk = store_->disk();
  }
  if (keeper_) {
    auto refused = keeper_->refused();
    std::ranges::move(refused.jobs, std::back_inserter(snapshot.jobs));
    if (!snapshot.disk) snapshot.disk = std::move(refused.disk);
  }
  if (failed_disk_) snapshot.disk = failed_disk_;
  snapshot.decode = examiner_.status();
  if (catalogue_) snapshot.catalogue = catalogue_->status();
  if (inbox_) snapshot.blocked = inbox_->blocked();
  snapshot.blocked.insert(snapshot.blocked.begin(), stuck_.begin(), stuck_.end());
  if (inbox_) snapshot.waiting_lists = inbox_->waiting();
  for (const auto* hook : {on_record_.get(), on_job_done_.get()}) {
    if (hook) snapshot.hooks.push_back(hook->status());
  }
  snapshot.logs = logs_.refusal();
  status_files_.tell(snapshot);
  logs_.flush();
  service_manager_.tell(snapshot);
  if (options_.on_status) options_.on_status(snapshot);
  last_state_ = snapshot.state;
}

}  // namespace gannet
