#include "inbox/folder_watch.hpp"

#include <spdlog/spdlog.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace gannet::inbox {
namespace {

constexpr unsigned watched = IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
constexpr int most_reads = 16;  // between two turns of the event loop

}  // namespace

FolderWatch::FolderWatch(boost::asio::io_context& io, Layout layout, Callbacks callbacks)
    : layout_(std::move(layout)), callbacks_(std::move(callbacks)), descriptor_(io) {
  const int descriptor = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (descriptor < 0) {
    spdlog::warn("the inbox cannot be watched ({}): new lists are found by the periodic look only",
                 std::strerror(errno));
    return;
  }
  descriptor_.assign(descriptor);
  wait();
}

void FolderWatch::cover() {
  for (const auto priority : {Priority::normal, Priority::urgent, Priority::bulk}) {
    const auto index = static_cast<std::size_t>(priority);
    const auto folder = layout_.inbox(priority);
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) {
      complain(priority, "cannot be created (" + error.message() + ")");
      continue;
    }
    if (!descriptor_.is_open()) continue;
    const int watch = ::inotify_add_watch(descriptor_.native_handle(), folder.c_str(), watched);
    if (watch < 0) {
      complain(priority, "cannot be watched (" + std::string(std::strerror(errno)) + ")");
      continue;
    }
    // Another number means that another folder has this name now; the old one may live on elsewhere.
    if (watches_[index] >= 0 && watches_[index] != watch) {
      ::inotify_rm_watch(descriptor_.native_handle(), watches_[index]);
    }
    watches_[index] = watch;
    complained_[index] = false;
  }
}

void FolderWatch::close() {
  alive_.reset();
  boost::system::error_code ignored;
  descriptor_.close(ignored);
}

void FolderWatch::wait() {
  descriptor_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                         [this, alive = std::weak_ptr(alive_)](const boost::system::error_code& error) {
                           if (error || alive.expired()) return;
                           read_events();
                           if (!alive.expired()) wait();
                         });
}

void FolderWatch::read_events() {
  alignas(inotify_event) std::array<char, 16 << 10> buffer;
  bool missed = false;
  for (int reads = 0; reads < most_reads; ++reads) {
    const ssize_t size = ::read(descriptor_.native_handle(), buffer.data(), buffer.size());
    if (size <= 0) break;
    for (ssize_t at = 0; at < size;) {
      const auto* event = reinterpret_cast<const inotify_event*>(buffer.data() + at);
      at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
      if (!handle(event->wd, event->mask, event->len > 0 ? event->name : "")) missed = true;
    }
  }
  if (missed) callbacks_.on_missed();
}

// False when a full look is needed.
bool FolderWatch::handle(int watch, unsigned mask, const char* name) {
  if (mask & IN_Q_OVERFLOW) {
    spdlog::warn("more files arrived in the inbox than the kernel could tell: looking at all of it");
    return false;
  }
  const auto found = std::ranges::find(watches_, watch);
  if (found == watches_.end()) return true;  // a folder that was replaced
  if (mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED)) return false;
  const auto priority = static_cast<Priority>(found - watches_.begin());
  if (mask & IN_ISDIR) {
    const auto folder = layout_.inbox(priority) / name;
    return folder != layout_.inbox(Priority::urgent) && folder != layout_.inbox(Priority::bulk);
  }
  const Arrival arrival = mask & IN_MOVED_TO      ? Arrival::moved_in
                          : mask & IN_CLOSE_WRITE ? Arrival::closed_after_writing
                                                  : Arrival::created_or_found;
  callbacks_.on_arrival({priority, name}, arrival);
  return true;
}

void FolderWatch::complain(Priority priority, const std::string& why) {
  if (std::exchange(complained_[static_cast<std::size_t>(priority)], true)) return;
  spdlog::warn("{} {}; trying again later", layout_.inbox(priority).string(), why);
}

}  // namespace gannet::inbox
