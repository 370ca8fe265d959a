#include "net/name_servers.hpp"

#include <algorithm>

namespace gannet::net {

std::vector<std::size_t> NameServers::order(TimePoint now) {
  std::vector<std::size_t> good, silent;
  for (std::size_t i = 0; i < silent_until_.size(); ++i) {
    if (silent_until_[i] > now) {
      silent.push_back(i);
      continue;
    }
    // This question tries; those that come before it has an answer do not.
    if (silent_until_[i] != TimePoint{}) silent_until_[i] = now + rest;
    good.push_back(i);
  }
  // The one that is tried again has another behind it that works.
  good.insert(good.end(), silent.begin(), silent.end());
  return good;
}

}  // namespace gannet::net
