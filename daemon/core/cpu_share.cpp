#include "core/cpu_share.hpp"

#include <sched.h>
#include <sys/resource.h>

#include <algorithm>

namespace gannet {
namespace {

Duration of(const timeval& time) { return seconds{time.tv_sec} + std::chrono::microseconds{time.tv_usec}; }

Duration used_so_far() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return of(usage.ru_utime) + of(usage.ru_stime);
}

double processors() {
  cpu_set_t allowed;
  if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0) return 1;
  return std::max(CPU_COUNT(&allowed), 1);
}

}  // namespace

CpuShare::CpuShare() : used_(used_so_far()), last_(Clock::now()), processors_(processors()) {}

double CpuShare::take(TimePoint now) {
  const auto used = used_so_far();
  const std::chrono::duration<double> busy = used - used_, elapsed = now - last_;
  used_ = used;
  last_ = now;
  return elapsed.count() <= 0 ? 0 : std::clamp(busy.count() / elapsed.count() / processors_, 0.0, 1.0);
}

}  // namespace gannet
