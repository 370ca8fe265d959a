// In which order to ask the name servers: as they were given, but one that kept silent comes last for a while, so that
// a dead first server costs one question its patience and not every one. Plain code, `now` is passed in.
#pragma once

#include <vector>

#include "core/time.hpp"

namespace gannet::net {

class NameServers {
 public:
  /// After this, one question tries a silent server again.
  static constexpr seconds rest = 30s;

  explicit NameServers(std::size_t count) : silent_until_(count) {}

  /// All of them, for one question.
  std::vector<std::size_t> order(TimePoint now);

  void answered(std::size_t server) { silent_until_[server] = TimePoint{}; }
  void kept_silent(std::size_t server, TimePoint now) { silent_until_[server] = now + rest; }

 private:
  std::vector<TimePoint> silent_until_;  // the epoch: it works, as far as we know
};

}  // namespace gannet::net
