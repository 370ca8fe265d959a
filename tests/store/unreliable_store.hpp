// A file store that fails when it is told to, and remembers what it was asked.
#pragma once

#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "store/image_store.hpp"

namespace gannet::store::test {

class UnreliableStore final : public ImageStore {
 public:
  explicit UnreliableStore(const Layout& layout) : files_(make_file_store(layout, {.sync = Sync::batch})) {}

  // Set before anything is posted; read on the committer's thread.
  std::optional<Fault> fail_sync_staged;
  std::optional<Fault> fail_sync_published;
  std::optional<Fault> fail_publish;
  std::string fail_publish_of;       // only of names with this in them
  unsigned fail_publish_times = 99;  // so often

  /// The calls so far, in their order.
  std::vector<std::string> calls() const {
    const std::lock_guard lock(mutex_);
    return calls_;
  }

  Result<std::string> stage(std::string_view bytes) override { return files_->stage(bytes); }
  Result<void> sync_staged() override {
    note("sync_staged");
    if (fail_sync_staged) return *fail_sync_staged;
    return files_->sync_staged();
  }
  Result<void> publish(const std::string& staging, const std::string& path) override {
    note("publish " + path);
    if (fail_publish && path.find(fail_publish_of) != std::string::npos && fail_publish_times > 0) {
      --fail_publish_times;
      return *fail_publish;
    }
    return files_->publish(staging, path);
  }
  Result<void> probe(const std::string& folder) override { return files_->probe(folder); }
  Result<void> sync_published() override {
    note("sync_published");
    if (fail_sync_published) return *fail_sync_published;
    return files_->sync_published();
  }
  bool has(const std::string& path, std::uint64_t bytes) const override { return files_->has(path, bytes); }
  void discard(const std::string& staging) override {
    note("discard");
    files_->discard(staging);
  }

 private:
  void note(std::string call) {
    const std::lock_guard lock(mutex_);
    calls_.push_back(std::move(call));
  }

  std::unique_ptr<ImageStore> files_;
  mutable std::mutex mutex_;
  std::vector<std::string> calls_;
};

}  // namespace gannet::store::test
