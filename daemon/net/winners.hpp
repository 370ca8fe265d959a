// Which address of a name won a race that others lost, so that a dead one, often all of IPv6, costs its head start once
// and not with every connection. Plain code, `now` is passed in; owned by the dialer. Bounded: there is an entry only
// for names whose first choice lost.
#pragma once

#include <algorithm>
#include <string>
#include <unordered_map>

#include "core/time.hpp"
#include "net/race.hpp"

namespace gannet::net {

class Winners {
 public:
  /// What lost may work again: then the order of the race counts anew. The time that RFC 6555 (4.1) recommends.
  static constexpr seconds life = 600s;

  explicit Winners(std::size_t most = 10000) : most_(most) {}

  void won(const std::string& name, const boost::asio::ip::address& address, TimePoint now) {
    if (entries_.size() >= most_ && !entries_.contains(name)) entries_.clear();  // a head start each, to learn it anew
    entries_.insert_or_assign(name, Entry{address, now + life});
  }

  /// Puts the one that won first; the others keep their order.
  void put_first(const std::string& name, Addresses& addresses, TimePoint now) const {
    const auto entry = entries_.find(name);
    if (entry == entries_.end() || entry->second.expires <= now) return;
    const auto winner = std::ranges::find(addresses, entry->second.address);
    if (winner != addresses.end()) std::rotate(addresses.begin(), winner, winner + 1);
  }

  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    boost::asio::ip::address address;
    TimePoint expires;
  };

  std::size_t most_;
  std::unordered_map<std::string, Entry> entries_;
};

}  // namespace gannet::net
