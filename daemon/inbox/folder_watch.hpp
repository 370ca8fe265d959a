// Tells what happens in the folders of the inbox, by inotify. Owned by the Inbox, on its thread. It does not look at
// the files, and it may miss some (network filesystems, overflow): its owner looks for itself from time to time.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "core/layout.hpp"
#include "inbox/candidates.hpp"
#include "inbox/ready_test.hpp"

namespace gannet::inbox {

class FolderWatch {
 public:
  struct Callbacks {
    std::function<void(const InboxFile&, Arrival)> on_arrival;
    std::function<void()> on_missed;  // events were lost, or a folder is another one now: look at everything
  };

  FolderWatch(boost::asio::io_context& io, Layout layout, Callbacks callbacks);
  FolderWatch(const FolderWatch&) = delete;
  FolderWatch& operator=(const FolderWatch&) = delete;

  /// Creates the folders that are missing and watches those that are not watched yet. What cannot be done is logged
  /// once and left for the next call.
  void cover();

  /// No callback comes after this.
  void close();

 private:
  void wait();
  void read_events();
  bool handle(int watch, unsigned mask, const char* name);
  void complain(Priority priority, const std::string& why);

  Layout layout_;
  Callbacks callbacks_;
  boost::asio::posix::stream_descriptor descriptor_;
  std::array<int, 3> watches_{-1, -1, -1};  // by priority
  std::array<bool, 3> complained_{};
  // Handlers hold it weakly: one that was already queued when this object went must not touch it.
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace gannet::inbox
