// All hosts, by origin and by number. What they take is bounded, however many a list names: beyond 50,000 those are
// forgotten that have nothing to do, the one that was last asked longest ago first. But none before it may be asked
// again, by its pace and by its parking: it would come back as a stranger, who may be asked at once.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "core/fetch_task.hpp"
#include "frontier/host.hpp"

namespace gannet::frontier {

class HostTable {
 public:
  /// Nothing when nobody of that name is here.
  std::optional<OriginId> find(std::string_view origin) const;

  OriginId add(std::string origin, const HostPolicy& policy);

  Host& operator[](OriginId id) { return *hosts_[id]; }
  const Host& operator[](OriginId id) const { return *hosts_[id]; }

  /// Nothing when it was forgotten. Its number may then be another's.
  Host* get(OriginId id) { return hosts_[id].get(); }
  const Host* get(OriginId id) const { return hosts_[id].get(); }

  /// How many are kept although they have nothing to do.
  std::size_t most() const { return most_; }
  void most(std::size_t hosts) { most_ = hosts; }

  /// To be said whenever a host may have nothing more to do: it is forgotten in its turn, unless it is busy then.
  void rest(OriginId id);

  void forget(TimePoint now);

  /// When forget() will find the next, while there are too many.
  std::optional<TimePoint> next_to_go() const;

  std::size_t size() const { return ids_.size(); }
  std::size_t numbers() const { return hosts_.size(); }  // each below this is a host, or free

 private:
  boost::unordered_flat_map<std::string_view, OriginId, std::hash<std::string_view>> ids_;  // of Host::origin
  std::vector<std::unique_ptr<Host>> hosts_;
  std::vector<OriginId> free_;
  std::multimap<TimePoint, OriginId> resting_;  // by when they may go; some have been busy since
  std::size_t most_ = 50'000;
};

}  // namespace gannet::frontier
