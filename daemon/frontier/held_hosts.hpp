// The hosts that could start something but for local trouble, in the order in which they came. Plain bookkeeping of
// the frontier.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "frontier/host_table.hpp"
#include "frontier/local_trouble.hpp"

namespace gannet::frontier {

class HeldHosts {
 public:
  /// Each is held once, however often this is said.
  void hold(OriginId id, Host& host);

  bool empty() const { return waiting_.empty(); }

  /// Those that need not be held any more, if something changed since this was last asked.
  std::vector<OriginId> release(HostTable& hosts, const LocalTrouble& trouble);

  /// The one to try whether the trouble is over, which is held no longer.
  std::optional<OriginId> take_probe(HostTable& hosts);

  /// The one that came last, if nothing is known of it; held no longer.
  std::optional<OriginId> take_newcomer(HostTable& hosts);

 private:
  OriginId take(std::deque<OriginId>::iterator place, HostTable& hosts);

  std::deque<OriginId> waiting_;
  unsigned changes_ = 0;  // of the trouble, when it was last looked at
};

}  // namespace gannet::frontier
