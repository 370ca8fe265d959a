// The lines of one list that wait for one host, in their order: some in memory, and when they are many and the host is
// slow, some of them on disk. Lines for another attempt go first.
#pragma once

#include <memory>
#include <vector>

#include "frontier/line_queue.hpp"
#include "frontier/spill.hpp"

namespace gannet::frontier {

class HostQueue {
 public:
  void push(const PackedLine& line);

  /// In front of all that have not been tried.
  void push_again(const PackedLine& line) { rest().again.push(line); }

  /// Likewise, unless that would be many, as what waits there stays in memory: then behind all others, and the answer
  /// is true. Retries stay apart.
  bool push_onward(const PackedLine& line);

  bool empty() const { return fresh_.empty() && (!rest_ || (rest_->again.empty() && rest_->blocks.empty())); }
  bool has_again() const { return rest_ && !rest_->again.empty(); }
  bool has_fresh() const { return !fresh_.empty() || (rest_ && !rest_->blocks.empty()); }

  /// The next that was not tried, or that was. Needs has_fresh(), has_again(). A fault of the disk loses lines.
  Result<PackedLine> pop_fresh(Spill& spill);
  PackedLine pop_again();
  /// How often the next that was tried was, that try included.
  unsigned attempt() const { return rest_->again.attempt(); }

  /// What pop_fresh() gave last, as it was.
  void put_back(const PackedLine& line) { fresh_.put_back(line.bytes()); }

  /// Moves what is behind the first `keep` lines to disk. On a fault some or all of it stays.
  Result<void> spill(Spill& spill, std::size_t keep);

  Held held() const;            // in memory
  std::uint64_t lines() const;  // on disk too

  /// Lines in memory that spill() would move.
  Held spillable(std::size_t keep) const;

 private:
  // What few hosts have.
  struct Rest {
    LineQueue again;
    std::vector<Spill::Block> blocks;  // between fresh_ and newer
    LineQueue newer;
    std::uint64_t on_disk = 0;
  };

  Rest& rest() {
    if (!rest_) rest_ = std::make_unique<Rest>();
    return *rest_;
  }
  Result<void> spill_fresh(Spill& spill, std::size_t keep);
  Result<void> spill_newer(Spill& spill);
  void tidy();

  LineQueue fresh_;
  std::unique_ptr<Rest> rest_;
};

}  // namespace gannet::frontier
