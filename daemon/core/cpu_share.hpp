// How busy this process keeps the processors of the machine. One owner, any one thread.
#pragma once

#include "core/time.hpp"

namespace gannet {

class CpuShare {
 public:
  CpuShare();

  /// Since this was last asked: 0 to 1, of all the processors that the process may use.
  double take(TimePoint now);

 private:
  Duration used_;
  TimePoint last_;
  double processors_;
};

}  // namespace gannet
