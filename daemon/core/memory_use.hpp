// What this process takes of the memory.
#pragma once

#include <cstdint>

namespace gannet {

/// In bytes, as the system counts them: whole pages, shared ones included. Zeros when nobody says.
struct MemoryUse {
  std::uint64_t mapped = 0;    // addresses in use
  std::uint64_t resident = 0;  // in memory now
};

MemoryUse memory_use();

}  // namespace gannet
