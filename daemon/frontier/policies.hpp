// The policies in use, each kept once: a million hosts share a few. A pointer to one holds until forget_all().
#pragma once

#include <deque>
#include <string_view>

#include "core/job_options.hpp"
#include "core/settings.hpp"

namespace gannet::frontier {

class Policies {
 public:
  /// `origin` as Url::origin() writes it; `of_list` may be null.
  const HostPolicy* of(const FrontierSettings& settings, const JobOptions* of_list, std::string_view origin);

  void forget_all() { known_.clear(); }

 private:
  std::deque<HostPolicy> known_;
};

}  // namespace gannet::frontier
