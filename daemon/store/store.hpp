// The store stage as its neighbours see it: finished lines go in, from any thread; durable records come out of the
// callback. Owns the writer threads and the committer.
#pragma once

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "core/layout.hpp"
#include "store/catalogue.hpp"
#include "store/committer.hpp"

namespace gannet::store {

class Store {
 public:
  struct Callbacks {
    std::function<void(const std::vector<Record>&, std::string_view lines)> committed;
    std::function<void(Fault)> broken;
    std::function<void()> room_made;  // has_room() is true again
  };

  /// With `store.hard_links`, bytes that `catalogue`, which may be null, knows are not written again. Throws
  /// std::system_error when the folders cannot be made.
  Store(const Layout& layout, const StoreSettings& settings, Callbacks callbacks, Catalogue* catalogue = nullptr);

  /// Writes and commits what was accepted, if the disk takes it.
  ~Store();

  void open(const Job& job, Progress progress = {}) { committer_.open(job, std::move(progress)); }
  void read_to(JobNumber job, const ListMark& mark) { committer_.read_to(job, mark); }
  void close(JobNumber job, std::function<void()> closed) { committer_.close(job, std::move(closed)); }
  void flush() { committer_.flush(); }

  /// A line that has ended. One that is ok without a body names the file of another, which must be there for good.
  void accept(Finished finished);

  /// Whether the file that an ok record names is still there. Any thread.
  bool has(const Record& record) const { return images_->has(record.path, record.bytes); }

  /// Images that wait for the disk, however small they are: what a short list brings waits behind them.
  static constexpr std::uint64_t most_unwritten = 1024;

  /// Whether the disk takes what comes, and the bodies that wait for it are within `store.memory`, and not too many.
  bool has_room() const {
    return gate_.is_open() && unwritten_.load(std::memory_order_relaxed) < settings_.memory &&
           unwritten_images_.load(std::memory_order_relaxed) < most_unwritten;
  }
  /// While the disk takes nothing.
  std::optional<DiskStatus> disk() const { return gate_.status(); }
  std::uint64_t unwritten() const { return unwritten_.load(std::memory_order_relaxed); }
  /// As much may wait for it besides.
  ByteCount room() const { return settings_.memory - std::min<ByteCount>(settings_.memory, unwritten()); }

 private:
  class Writer;

  void write(Finished finished, Catalogue::Finder* finder);
  Result<std::string> stage(std::string_view bytes, std::string_view sha256, Catalogue::Finder* finder);
  Result<void> probe();

  StoreSettings settings_;
  Callbacks callbacks_;
  std::unique_ptr<ImageStore> images_;
  DiskGate gate_;
  Committer committer_;
  std::atomic<std::uint64_t> unwritten_{0};  // bytes
  std::atomic<std::uint64_t> unwritten_images_{0};
  std::atomic<std::uint64_t> next_writer_{0};
  std::vector<std::unique_ptr<Writer>> writers_;
};

}  // namespace gannet::store
