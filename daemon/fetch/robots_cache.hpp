// What is known of the robots.txt of origins, for as long as it holds, by its URL and the name it was asked under.
// Plain code, `now` is passed in; one object a lane. Bounded by number and by bytes: what was longest not asked for
// goes first.
#pragma once

#include <list>
#include <string>
#include <unordered_map>

#include "core/reason.hpp"
#include "core/settings.hpp"
#include "core/time.hpp"
#include "fetch/robots_rules.hpp"

namespace gannet::fetch {

class RobotsCache {
 public:
  static constexpr Duration life = std::chrono::hours{24};  // the most that RFC 9309, section 2.4, allows
  static constexpr Duration failure_life = 5s;              // at least; whoever tries again then asks anew

  struct Entry {
    RobotsRules rules;
    Fault fault{};               // reason none: the rules are known. `robots`: a status came in their place
    unsigned status = 0;         // that one, which forbids everything
    Duration wait_asked_for{0};  // of the fault, by the server
    TimePoint expires{};         // as put() says
  };

  RobotsCache(std::size_t most, ByteCount most_bytes) : most_(most), most_bytes_(most_bytes) {}

  /// Valid until the next put().
  const Entry* find(const std::string& key, TimePoint now);

  const Entry& put(const std::string& key, Entry entry, TimePoint now);

  std::size_t size() const { return known_.size(); }
  std::size_t bytes() const { return bytes_; }

 private:
  struct Known {
    std::string key;
    Entry entry;
    std::size_t bytes() const {
      return sizeof(Known) + 2 * key.size() + entry.rules.size() + entry.fault.detail.size() + 64;
    }
  };
  using Order = std::list<Known>;

  void forget(Order::iterator known);

  std::size_t most_;
  ByteCount most_bytes_;
  std::size_t bytes_ = 0;
  Order order_;  // the last asked for comes first
  std::unordered_map<std::string, Order::iterator> known_;
};

}  // namespace gannet::fetch
