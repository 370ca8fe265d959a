// Makes jobs of complete lists on a thread of its own, as nearly every step waits for the disk. Owned by the Inbox.
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <memory>
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
};

class Claimer {
 public:
  Claimer(Layout layout, ListSettings lists) : layout_(std::move(layout)), lists_(std::move(lists)) {}

  /// Waits for what is under way.
  ~Claimer() { thread_.join(); }

  /// `done` is called on the claimer's thread, with as many as there are claims.
  void claim(std::vector<Claim> claims, std::function<void(std::vector<Claimed>)> done);

 private:
  Claimed open(Result<Job> job) const;

  const Layout layout_;
  const ListSettings lists_;
  boost::asio::thread_pool thread_{1};
};

}  // namespace gannet::inbox
