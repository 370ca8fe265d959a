// All hosts, by origin and by number. What they take is bounded, however many a list names: beyond 50,000 those are
// forgotten that have nothing to do.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <memory>
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

  void forget_if_idle(OriginId id, TimePoint now);

  std::size_t size() const { return ids_.size(); }
  std::size_t numbers() const { return hosts_.size(); }  // each below this is a host, or free

 private:
  boost::unordered_flat_map<std::string_view, OriginId, std::hash<std::string_view>> ids_;  // of Host::origin
  std::vector<std::unique_ptr<Host>> hosts_;
  std::vector<OriginId> free_;
};

}  // namespace gannet::frontier
