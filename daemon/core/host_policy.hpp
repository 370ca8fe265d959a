// What one host may be asked for, and how the profile, a list and the host's own section change it. Values, any thread.
#pragma once

#include <cstdint>
#include <optional>

#include "core/time.hpp"

namespace gannet {

using ByteCount = std::uint64_t;

enum class Profile : unsigned char { open_web, polite, own_server };

/// How much a profile asks of hosts, beside the others.
unsigned haste(Profile profile);

/// The limits and the pace of one host for the lines of one list.
struct HostPolicy {
  Profile profile = Profile::open_web;
  unsigned start = 2;                    // requests in flight to a host we know nothing of, within its ceiling
  unsigned ceiling = 6;                  // and after much success
  unsigned streams = 32;                 // the same where the host speaks HTTP/2
  double requests_per_second = 0;        // 0: unlimited
  ByteCount bytes_per_second = 0;        // 0: unlimited
  milliseconds delay{0};                 // between two starts
  unsigned rest = 0;                     // after each request, so many times what it took, within 3 s and 30 s; 0: none
  bool obeys_robots = false;             // what its robots.txt forbids is not asked for
  bool park = true;                      // leave a host alone that is overloaded or unreachable
  milliseconds park_busy{10000};         // after a 429 or 503; doubles up to 10 min; Retry-After counts when longer
  milliseconds park_unreachable{60000};  // after 5 failed connects in a row; doubles up to 30 min

  /// How long the host is left alone after a request that took so long.
  milliseconds rest_after(milliseconds took) const;

  bool operator==(const HostPolicy&) const = default;
};

/// What a host's section or a list says of it; a member without a value says nothing.
struct LimitOverrides {
  std::optional<Profile> profile;
  std::optional<unsigned> connections;  // the ceiling; 0 says what holds without this
  std::optional<unsigned> streams;      // likewise
  std::optional<double> requests_per_second;
  std::optional<ByteCount> bytes_per_second;
  std::optional<milliseconds> delay;

  /// Whether it says nothing at all.
  bool empty() const;

  /// Takes from `other` what this does not say.
  void complete_with(const LimitOverrides& other);
};

/// The policy once `said` counts more: a profile that is said replaces the numbers of the one before, and numbers that
/// are said win over both.
HostPolicy overridden(HostPolicy policy, const LimitOverrides& said);

}  // namespace gannet
