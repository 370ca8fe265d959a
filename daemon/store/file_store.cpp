#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "core/disk.hpp"
#include "core/sync_group.hpp"
#include "store/image_store.hpp"

namespace gannet::store {
namespace {

namespace fs = std::filesystem;

// Files that are created and those that are renamed away would wait for each other in one folder, and be looked for
// among hundreds. The last digit of its name tells the folder of a file.
constexpr unsigned staging_folders = 10;

constexpr char link_mark = 'l';  // begins the names of links

class FileStore final : public ImageStore {
 public:
  FileStore(const Layout& layout, const StoreSettings& settings)
      : layout_(layout), settings_(settings), unsynced_(layout.root, settings.sync) {
    fs::remove_all(layout.staging());
    for (auto& folder : staging_) {
      const auto path = layout.staging() / std::to_string(&folder - staging_.data());
      fs::create_directories(path);
      folder = open_folder(path);
    }
    fs::create_directories(layout.images());
    root_ = open_folder(layout.root);
    if (settings.sync != Sync::none && ::fsync(root_.get()) != 0) {
      throw std::system_error(errno, std::generic_category(), layout.root.string());
    }
  }

  Result<std::string> stage(std::string_view bytes) override {
    std::string staging = std::to_string(next_.fetch_add(1, std::memory_order_relaxed));
    auto created = create_file(staging_folder(staging), staging.c_str(), bytes, settings_.sync == Sync::strict);
    if (!created) {
      return Fault{created.error().reason,
                   std::string("state/incoming/") + staging.back() + '/' + created.error().detail};
    }
    return staging;
  }

  // A link first, so that what is looked at is what will be there.
  Result<std::string> stage_link(std::string_view bytes, const std::string& path) override {
    std::string staging = link_mark + std::to_string(next_.fetch_add(1, std::memory_order_relaxed));
    if (::linkat(root_.get(), path.c_str(), staging_folder(staging), staging.c_str(), 0) != 0) {
      return disk_fault(errno, path);
    }
    if (has_bytes(staging, bytes)) return staging;
    discard(staging);
    return Fault{Reason::disk_error, path + ": not these bytes"};
  }

  Result<void> sync_staged() override {
    // One call for the whole group: on a busy disk far cheaper than a call a file. Strict mode has synced each.
    if (settings_.sync == Sync::batch && ::syncfs(root_.get()) != 0) return disk_fault(errno, "syncfs");
    return {};
  }

  Result<void> publish(const std::string& staging, const std::string& path) override {
    const auto slash = path.rfind('/');
    const auto folder = std::string_view(path).substr(0, slash);
    if (folder != last_folder_) {
      if (auto entered = enter(std::string(folder)); !entered) return entered;
    }
    if (::renameat(staging_folder(staging), staging.c_str(), last_.get(), path.c_str() + slash + 1) == 0) {
      // Between two names of one file a rename does nothing.
      if (staging.starts_with(link_mark)) discard(staging);
      return {};
    }
    const int error_number = errno;
    last_folder_.clear();  // somebody may have removed it
    return disk_fault(error_number, path);
  }

  Result<void> probe(const std::string& folder) override {
    const auto staged = stage("a probe");
    if (!staged) return staged.error();
    const auto path = folder + "/.probe";
    const auto published = publish(*staged, path);
    if (published) {
      ::unlinkat(root_.get(), path.c_str(), 0);
    } else {
      discard(*staged);
    }
    return published;
  }

  Result<void> sync_published() override {
    if (auto synced = unsynced_.sync(); !synced) return synced;
    last_folder_.clear();  // the next group goes by name again, and needs another sync
    return {};
  }

  bool has(const std::string& path, std::uint64_t bytes) const override {
    struct stat file {};
    return ::fstatat(root_.get(), path.c_str(), &file, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(file.st_mode) &&
           static_cast<std::uint64_t>(file.st_size) == bytes;
  }

  void discard(const std::string& staging) override { ::unlinkat(staging_folder(staging), staging.c_str(), 0); }

 private:
  static Descriptor open_folder(const fs::path& path) {
    auto folder = open_file(path, O_RDONLY | O_DIRECTORY);
    if (!folder) throw std::system_error(errno, std::generic_category(), path.string());
    return std::move(*folder);
  }

  int staging_folder(const std::string& staging) const {
    return staging_[static_cast<unsigned char>(staging.back() - '0') % staging_folders].get();
  }

  bool has_bytes(const std::string& staging, std::string_view bytes) const {
    constexpr std::size_t at_a_time = 64 << 10;
    struct stat info {};
    const Descriptor file(
        ::openat(staging_folder(staging), staging.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!file || ::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) return false;
    if (static_cast<std::uint64_t>(info.st_size) != bytes.size()) return false;
    std::array<char, at_a_time> buffer;
    while (!bytes.empty()) {
      const auto count = ::read(file.get(), buffer.data(), std::min(buffer.size(), bytes.size()));
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0 || !bytes.starts_with(std::string_view(buffer.data(), static_cast<std::size_t>(count))))
        return false;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }

  // The folder that the next files go to: opened once, as most come in groups of one folder.
  Result<void> enter(const std::string& folder) {
    if (auto made = make_folder(folder); !made) return made;
    auto opened = open_file(layout_.root / folder, O_RDONLY | O_DIRECTORY);
    if (!opened) return opened.error();
    last_ = std::move(*opened);
    last_folder_ = folder;
    unsynced_.add(layout_.root / folder);
    return {};
  }

  Result<void> make_folder(const std::string& folder) {
    std::error_code error;
    const bool made = fs::create_directories(layout_.root / folder, error);
    if (error) return disk_fault(error.value(), folder);
    if (!made) return {};
    // A new folder is an entry in its parent, and that one may be new too.
    for (auto slash = folder.rfind('/'); slash != folder.npos; slash = folder.rfind('/', slash - 1)) {
      unsynced_.add(layout_.root / folder.substr(0, slash));
    }
    return {};
  }

  Layout layout_;
  StoreSettings settings_;
  Descriptor root_;
  std::array<Descriptor, staging_folders> staging_;
  std::atomic<std::uint64_t> next_{0};
  std::string last_folder_;
  Descriptor last_;
  SyncGroup unsynced_;  // folders
};

}  // namespace

std::unique_ptr<ImageStore> make_file_store(const Layout& layout, const StoreSettings& settings) {
  return std::make_unique<FileStore>(layout, settings);
}

}  // namespace gannet::store
