// What a worker process does to itself before it sees the first image: from then on it can compute, use memory up to a
// limit, and read and write what it has open. Nothing else: no files, no network, no other programs or processes.
#pragma once

#include <cstdint>
#include <string_view>

namespace gannet::worker {

struct Limits {
  std::uint64_t memory = 0;      // bytes beyond what the process has now
  std::uint64_t max_output = 0;  // bytes of any file that it writes
};

/// Never to be undone, for this process. The step that failed, with errno set, or nothing when all is done. Landlock is
/// used where the kernel has it: what it forbids is forbidden by seccomp too.
std::string_view enter_sandbox(const Limits& limits);

}  // namespace gannet::worker
