#include "store/disk_gate.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace gannet::store {
namespace {

constexpr seconds between_tries{1};
constexpr unsigned tries_of_one_file = 3;  // of which the disk takes others
constexpr std::int64_t block = 4096;       // about what a file takes beside its bytes
constexpr ByteCount most_at_once = ByteCount{1} << 50;

std::string in_mebibytes(ByteCount bytes) { return std::to_string(bytes >> 20) + " MiB"; }

}  // namespace

DiskGate::DiskGate(std::filesystem::path folder, ByteCount min_free, Callbacks callbacks)
    : folder_(std::move(folder)), min_free_(min_free), callbacks_(std::move(callbacks)) {
  look();
}

std::optional<DiskStatus> DiskGate::status() const {
  const std::lock_guard lock(mutex_);
  if (!closed_) return std::nullopt;
  return DiskStatus{told_since_, why_};
}

void DiskGate::look(ByteCount coming) {
  if (min_free_ == 0) return;
  const auto now = Clock::now();
  const auto size = static_cast<std::int64_t>(std::min(coming, most_at_once)) + block;
  const bool much = coming > 0 && until_look_.fetch_sub(size, std::memory_order_relaxed) <= size;
  auto due = next_look_.load(std::memory_order_relaxed);
  if (!much && now < due) return;
  if (!next_look_.compare_exchange_strong(due, now + between_tries)) return;  // another looks
  std::error_code error;
  const auto space = std::filesystem::space(folder_, error);
  if (error) return;  // who writes will hear of it
  const ByteCount left = space.available < min_free_ ? 0 : space.available - min_free_;
  until_look_.store(static_cast<std::int64_t>(std::min(left, most_at_once) / 2), std::memory_order_relaxed);
  const std::lock_guard lock(mutex_);
  low_ = space.available < min_free_;
  if (low_) {
    why_ = "less than store.min_free (" + in_mebibytes(min_free_) + ") is free: " + in_mebibytes(space.available) +
           " at " + folder_.string();
  }
  update();
}

// With the mutex.
void DiskGate::update() {
  const bool closed = low_ || refused_ > 0;
  if (stopped_ || closed == closed_) return;
  closed_ = closed;
  if (closed) {
    since_ = Clock::now();
    told_since_ = wall_now();
    spdlog::error("fetching pauses, the disk takes nothing: {}", why_);
  } else {
    spdlog::warn("fetching goes on, the disk takes files again after {} s",
                 std::chrono::ceil<seconds>(Clock::now() - since_).count());
    callbacks_.opened();
  }
}

void DiskGate::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  stopping_.notify_all();
}

void DiskGate::Visit::enter() {
  if (gate_.is_open()) return;
  gate_.look();
  std::unique_lock lock(gate_.mutex_);
  while (gate_.low_ && !gate_.stopped_) {
    gate_.stopping_.wait_for(lock, between_tries);
    lock.unlock();
    gate_.look();
    lock.lock();
  }
}

std::optional<Fault> DiskGate::Visit::refused(const Fault& refusal, ByteCount size, const Probe& probe) {
  if (refusal.reason == Reason::disk_full) {
    std::error_code error;
    const auto space = std::filesystem::space(gate_.folder_, error);
    if (!error && size > space.capacity) return refusal;
  } else if (probe()) {
    return ++tries_ < tries_of_one_file ? std::nullopt : std::optional(refusal);
  }
  std::unique_lock lock(gate_.mutex_);
  if (gate_.stopped_) return Fault{Reason::cancelled, refusal.detail};
  if (!std::exchange(holds_closed_, true)) ++gate_.refused_;
  if (!gate_.low_) gate_.why_ = refusal.detail;
  gate_.update();
  gate_.stopping_.wait_for(lock, between_tries, [this] { return gate_.stopped_; });
  return std::nullopt;
}

DiskGate::Visit::~Visit() {
  if (!holds_closed_) return;
  const std::lock_guard lock(gate_.mutex_);
  --gate_.refused_;
  gate_.update();
}

}  // namespace gannet::store
