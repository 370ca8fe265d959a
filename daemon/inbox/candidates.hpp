// The files of the inbox that may become jobs, in the order they are to be looked at and claimed. Owned by the Inbox,
// on its thread. It keeps books only: no disk, no clock, no limit on how many there are.
#pragma once

#include <compare>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "core/job.hpp"
#include "inbox/ready_test.hpp"

namespace gannet::inbox {

struct InboxFile {
  Priority priority = Priority::normal;
  std::string name;  // within the folder of that priority

  auto operator<=>(const InboxFile&) const = default;
};

class Candidates {
 public:
  /// What is known of the file, or nothing.
  const Sighting* find(const InboxFile& file) const;

  /// To be looked at when `due` comes. Adds the file, or changes what is known of it. It is not blocked any more.
  void wait(const InboxFile& file, const Sighting& sighting, TimePoint due);

  /// To be claimed: urgent before normal before bulk, then by change time. A blocked file comes after all others, so
  /// that it cannot hold them up, and stays listed as blocked until the claim has worked and it is forgotten.
  void ready(const InboxFile& file, const Sighting& sighting);

  /// It is being claimed: in no order until it is blocked or forgotten, or another comes by its name.
  void hold(const InboxFile& file) { take(file).second.held = true; }
  bool is_held(const InboxFile& file) const;

  /// Left alone until retry_blocked(). True when it was not blocked before.
  bool block(const InboxFile& file, std::string why);

  void forget(const InboxFile& file);

  /// The first file whose time to be looked at has come.
  std::optional<InboxFile> due(TimePoint now) const;
  std::optional<TimePoint> next_due() const;

  /// The file to be claimed first.
  std::optional<InboxFile> best() const;

  /// Blocked files are due now, and stay listed as blocked; those that are being claimed are in good hands.
  void retry_blocked(TimePoint now);

  std::size_t ready_count() const { return ready_.size(); }
  const std::map<InboxFile, std::string>& blocked() const { return blocked_; }
  std::size_t count(Priority priority) const { return counts_[static_cast<std::size_t>(priority)]; }

 private:
  struct Entry {
    Sighting sighting;
    std::optional<TimePoint> due;
    bool ready = false;
    bool held = false;
    bool was_blocked = false;  // when it became ready
  };
  using Node = std::map<InboxFile, Entry>::value_type;
  using WaitingKey = std::pair<TimePoint, const InboxFile*>;
  using ReadyKey = std::tuple<bool, Priority, decltype(FileState::changed), std::string_view, const InboxFile*>;

  static ReadyKey ready_key(const Node& node);
  Node& take(const InboxFile& file);
  void unlist(Node& node);

  // A file is in at most one of the two orders; their pointers are to keys of entries_.
  std::map<InboxFile, Entry> entries_;
  std::set<WaitingKey> waiting_;
  std::set<ReadyKey> ready_;
  std::map<InboxFile, std::string> blocked_;
  std::size_t counts_[3] = {};
};

}  // namespace gannet::inbox
