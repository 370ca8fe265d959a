// Wakes a thread that has no event loop. Rings are counted, so none is lost. Ring from any thread; wait on the owner's.
#pragma once

#include <semaphore.h>

#include "core/time.hpp"

namespace gannet {

class Bell {
 public:
  Bell() { ::sem_init(&rings_, 0, 0); }
  ~Bell() { ::sem_destroy(&rings_); }
  Bell(const Bell&) = delete;
  Bell& operator=(const Bell&) = delete;

  void ring() { ::sem_post(&rings_); }

  void wait() {
    while (::sem_wait(&rings_) != 0) {
    }
  }

  /// Until it rings, or `at` has come.
  void wait_until(TimePoint at) {
    const auto since_boot = at.time_since_epoch();
    const auto whole = std::chrono::floor<seconds>(since_boot);
    const timespec when{whole.count(), std::chrono::nanoseconds(since_boot - whole).count()};
    (void)::sem_clockwait(&rings_, CLOCK_MONOTONIC, &when);
  }

 private:
  sem_t rings_;
};

}  // namespace gannet
