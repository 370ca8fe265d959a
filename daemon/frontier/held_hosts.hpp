// The hosts that could start something but for local trouble, in the order in which they came. Plain bookkeeping of
// the frontier.
#pragma once

#include <deque>
#include <vector>

#include "frontier/host_table.hpp"
#include "frontier/local_trouble.hpp"

namespace gannet::frontier {

class HeldHosts {
 public:
  /// Each is held once, however often this is said.
  void hold(OriginId id, Host& host);

  /// One that need not be held any more. It is looked for among all.
  void let_go(OriginId id, Host& host);

  bool empty() const { return waiting_.empty(); }

  /// Those that need not be held any more, if something changed since this was last asked.
  std::vector<OriginId> release(HostTable& hosts, const LocalTrouble& trouble);

  /// The one to try whether the trouble is over, which is held no longer. Not to be asked when there is none.
  OriginId take_probe(HostTable& hosts);

 private:
  std::deque<OriginId> waiting_;
  unsigned changes_ = 0;  // of the trouble, when it was last looked at
  bool newest_ = false;   // the next probe is of one that came last
};

}  // namespace gannet::frontier
