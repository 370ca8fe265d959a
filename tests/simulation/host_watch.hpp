// What one host may be asked by the rules that users are told, kept apart from the frontier's own books.
#pragma once

#include <algorithm>
#include <memory>
#include <string_view>

#include "core/host_policy.hpp"
#include "core/record.hpp"
#include "core/time.hpp"

namespace gannet::simulation {

class HostWatch {
 public:
  /// `maybe_forgotten`: the frontier knows so many hosts that it may have met this one anew. Empty: all is well.
  std::string_view start(const HostPolicy& policy, bool maybe_forgotten, TimePoint now) {
    ++in_flight_;
    if (failed_ && now < failed_->parked_until) return "a host was asked although it is parked";
    const bool tried_out = failed_ && failed_->parks > 0 && !maybe_forgotten;
    const double most = tried_out ? 1 : std::max<double>(limit_, policy.start);
    if (in_flight_ > std::max(most, 1.0) || in_flight_ > policy.ceiling) return "too many requests to a host";
    return {};
  }

  void end(const HostPolicy& policy, const Record& record, TimePoint started, TimePoint now) {
    --in_flight_;
    const bool busy = record.http_status == 429;
    if (record.reason == Reason::none || (record.http_status != 0 && !busy)) {
      limit_ = std::min<float>(limit_ + 1 / limit_, static_cast<float>(policy.ceiling));
      if (failed_) failed_->parks = 0;
      return;
    }
    if (!failed_) failed_ = std::make_unique<Failed>();
    if (started >= failed_->last_cut) {
      limit_ = std::max(1.0f, limit_ / 2);
      failed_->last_cut = now;
    }
    if (busy && started >= failed_->last_park) {
      const auto wait = policy.park_busy * (1 << std::min(failed_->parks++, 10u));
      failed_->parked_until = now + std::min<milliseconds>(wait, 10min);
      failed_->last_park = now;
    }
  }

  unsigned in_flight() const { return in_flight_; }

 private:
  // Of few hosts: a million of them are watched.
  struct Failed {
    unsigned parks = 0;  // since it last worked
    TimePoint last_cut{};
    TimePoint last_park{};
    TimePoint parked_until{};
  };

  unsigned in_flight_ = 0;
  float limit_ = 2;
  std::unique_ptr<Failed> failed_;
};

}  // namespace gannet::simulation
