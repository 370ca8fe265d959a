#include "core/memory_use.hpp"

#include <unistd.h>

#include <cstdio>
#include <memory>

namespace gannet {

MemoryUse memory_use() {
  unsigned long mapped = 0, resident = 0;
  const std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen("/proc/self/statm", "re"), &std::fclose);
  if (!file || std::fscanf(file.get(), "%lu %lu", &mapped, &resident) != 2) return {};
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  return {mapped * page, resident * page};
}

}  // namespace gannet
