// What is known of names, for as long as it holds: addresses for their time to live, within 30 s and 1 h; that a name
// does not exist, and that nobody could tell, for as long as the caller says. Plain code, `now` is passed in; owned by
// the resolver. Bounded: 50,000 names, each with a bounded number of addresses, take some 10 MB.
#pragma once

#include <string>
#include <unordered_map>

#include "core/reason.hpp"
#include "core/time.hpp"
#include "net/race.hpp"

namespace gannet::net {

class NameCache {
 public:
  static constexpr seconds shortest_life = 30s;  // a name with a shorter one would be asked for again and again
  static constexpr seconds longest_life = 3600s;

  explicit NameCache(std::size_t most = 50000) : most_(most) {}

  /// Valid until the next put().
  const Result<Addresses>* find(const std::string& name, TimePoint now) const;

  /// When there are too many, the half that would expire first goes.
  void put(const std::string& name, Result<Addresses> answer, seconds life, TimePoint now);

  std::size_t size() const { return entries_.size(); }

 private:
  void make_room();

  struct Entry {
    Result<Addresses> answer;
    TimePoint expires;
  };

  std::size_t most_;
  std::unordered_map<std::string, Entry> entries_;
};

}  // namespace gannet::net
