// One full look at the inbox, a few files at a time: urgent/, the inbox itself, bulk/. Owned by the Inbox, on its
// thread. It lists names of regular files; what to make of them is the Inbox's business.
#pragma once

#include <array>
#include <filesystem>
#include <optional>

#include "core/layout.hpp"
#include "inbox/candidates.hpp"

namespace gannet::inbox {

class InboxScan {
 public:
  explicit InboxScan(const Layout& layout);

  /// The next file whose name is not ignored; nothing after `most` names were seen. Check ended() to tell why.
  std::optional<InboxFile> next(std::size_t& most);

  bool ended() const { return index_ == order.size() && entry_ == std::filesystem::directory_iterator(); }

 private:
  static constexpr std::array order{Priority::urgent, Priority::normal, Priority::bulk};
  void open_next_folder();

  Layout layout_;
  std::size_t index_ = 0;  // of the folder after this one
  std::filesystem::directory_iterator entry_;
};

}  // namespace gannet::inbox
