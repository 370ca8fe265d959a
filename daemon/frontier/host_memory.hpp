// What is known of hosts, as the text of state/hosts.json (docs/formats.md), so that a restart does not make a host
// that asked for peace be asked again. Plain code; a text from elsewhere is believed only within limits.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/reason.hpp"
#include "frontier/host_state.hpp"

namespace gannet::frontier {

struct HostMemory {
  std::string origin;
  HostState::Memory state;
  std::string why;       // it is parked
  bool reached = false;  // once
};

constexpr std::size_t most_hosts_kept = 50000;

/// `stopped`: nothing is asked any more by this process.
std::string hosts_json(const std::vector<HostMemory>& hosts, WallTime now, bool stopped);

/// The first `most_hosts_kept`, without those that are no origin. The fault is `disk_error` when the text is something
/// else. Of a process that was not stopped nobody knows when it last asked a host: as if that had been now.
Result<std::vector<HostMemory>> parse_hosts(std::string_view text, WallTime now);

}  // namespace gannet::frontier
