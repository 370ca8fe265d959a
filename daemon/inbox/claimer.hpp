// Makes jobs of complete lists on a thread of its own, as nearly every step waits for the disk. Owned by the Inbox.
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/row.hpp"
#include "core/settings.hpp"
#include "inbox/claim.hpp"

namespace gannet::inbox {

/// What became of a file.
struct Claimed {
  Result<Job> job;                                    // a fault: the file is where it was
  Result<std::unique_ptr<RowSource>> list = Fault{};  // of the job; `bad_url`: it was none, and is in rejected/
  Result<void> rejected = Result<void>();             // then: whether it is there
  Priority place = Priority::normal;                  // among the active jobs; its list may choose another

  bool is_no_list() const { return !list && list.error().reason == Reason::bad_url; }

  /// Why it cannot be gone on with now, although nothing is wrong with it, or nothing.
  std::optional<Fault> refusal() const {
    if (is_no_list()) return rejected ? std::nullopt : std::optional(rejected.error());
    return !list && list.error().again_in > milliseconds(0) ? std::optional(list.error()) : std::nullopt;
  }
};

class Claimer {
 public:
  Claimer(Layout layout, ListSettings lists) : layout_(std::move(layout)), lists_(std::move(lists)) {}

  /// Waits for what is under way.
  ~Claimer() { thread_.join(); }

  /// `done` is called on the claimer's thread, with as many as there are claims.
  void claim(std::vector<Claim> claims, std::function<void(std::vector<Claimed>)> done);

  /// Once more what was refused.
  void try_again(std::vector<Claimed> refused, std::function<void(std::vector<Claimed>)> done);

 private:
  void open(Claimed& claimed) const;

  const Layout layout_;
  const ListSettings lists_;
  boost::asio::thread_pool thread_{1};
};

}  // namespace gannet::inbox
