#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <set>
#include <system_error>

#include "core/disk.hpp"
#include "store/image_store.hpp"

namespace gannet::store {
namespace {

namespace fs = std::filesystem;

// Files that are created and those that are renamed away would wait for each other in one folder, and be looked for
// among hundreds.
constexpr unsigned staging_folders = 16;

class FileStore final : public ImageStore {
 public:
  FileStore(const Layout& layout, const StoreSettings& settings) : layout_(layout), settings_(settings) {
    fs::remove_all(layout.staging());
    for (unsigned i = 0; i < staging_folders; ++i) fs::create_directories(layout.staging() / std::to_string(i));
    fs::create_directories(layout.images());
    auto root = open_file(layout.root, O_RDONLY | O_DIRECTORY);
    auto staging = open_file(layout.staging(), O_RDONLY | O_DIRECTORY);
    if (!root || !staging) throw std::system_error(errno, std::generic_category(), layout.root.string());
    if (settings.sync != Sync::none && ::fsync(root->get()) != 0) {
      throw std::system_error(errno, std::generic_category(), layout.root.string());
    }
    root_ = std::move(*root);
    staging_ = std::move(*staging);
  }

  Result<std::string> stage(std::string_view bytes) override {
    const auto number = next_.fetch_add(1, std::memory_order_relaxed);
    std::string staging = std::to_string(number % staging_folders) + '/' + std::to_string(number);
    auto created = create_file(staging_.get(), staging.c_str(), bytes, settings_.sync == Sync::strict);
    if (!created) return Fault{created.error().reason, "state/incoming/" + created.error().detail};
    return staging;
  }

  Result<void> sync_staged() override {
    // One call for the whole group: on a busy disk far cheaper than a call a file. Strict mode has synced each.
    if (settings_.sync == Sync::batch && ::syncfs(root_.get()) != 0) return disk_fault(errno, "syncfs");
    return {};
  }

  Result<void> publish(const std::string& staging, const std::string& path) override {
    const std::string folder = path.substr(0, path.rfind('/'));
    if (folder != last_folder_) {
      if (auto made = make_folder(folder); !made) return made;
      last_folder_ = folder;
    }
    if (settings_.sync != Sync::none) unsynced_.insert(folder);
    if (::renameat(staging_.get(), staging.c_str(), root_.get(), path.c_str()) == 0) return {};
    const int error_number = errno;
    last_folder_.clear();  // somebody may have removed it
    return disk_fault(error_number, path);
  }

  Result<void> sync_published() override {
    for (const auto& folder : unsynced_) {
      if (auto synced = sync_folder(layout_.root / folder); !synced) return synced;
    }
    unsynced_.clear();
    return {};
  }

  void discard(const std::string& staging) override { ::unlinkat(staging_.get(), staging.c_str(), 0); }

 private:
  Result<void> make_folder(const std::string& folder) {
    std::error_code error;
    const bool made = fs::create_directories(layout_.root / folder, error);
    if (error) return disk_fault(error.value(), folder);
    if (!made || settings_.sync == Sync::none) return {};
    // A new folder is an entry in its parent, and that one may be new too.
    unsynced_.insert(folder.substr(0, folder.rfind('/')));
    unsynced_.insert("images");
    return {};
  }

  Layout layout_;
  StoreSettings settings_;
  Descriptor root_;
  Descriptor staging_;
  std::atomic<std::uint64_t> next_{0};
  std::string last_folder_;
  std::set<std::string> unsynced_;
};

}  // namespace

std::unique_ptr<ImageStore> make_file_store(const Layout& layout, const StoreSettings& settings) {
  return std::make_unique<FileStore>(layout, settings);
}

}  // namespace gannet::store
