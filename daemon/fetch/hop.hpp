// How one request went over the wire, as the record tells it. A value.
#pragma once

#include <string>
#include <string_view>

#include "core/time.hpp"

namespace gannet::fetch {

struct Hop {
  std::string address;
  std::string_view protocol;
  bool reused = false;
  milliseconds dns{}, connect{}, tls{};
  milliseconds waited{};  // until the address had room: counts against no deadline
};

}  // namespace gannet::fetch
