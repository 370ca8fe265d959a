// One name being asked for, IPv6 and IPv4 apart: which server is asked next, and what can be said of the name so far.
// Apart, because a server that answers for one family may fail or keep silent for the other, and that must neither fail
// nor stall the name. Plain code; `now` is passed in. Owned by the resolver.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "core/reason.hpp"
#include "core/time.hpp"
#include "net/race.hpp"

namespace gannet::net {

enum class Family : unsigned char { six, four };

/// What a server said of a name's addresses of one family.
struct Said {
  enum class Kind : unsigned char {
    addresses,
    nothing,    // the name has none of this family (NODATA)
    no_name,    // the name does not exist (NXDOMAIN), or cannot
    trouble,    // the server could not tell (SERVFAIL), or would not (REFUSED)
    silence,    // no answer in time, or nobody there
    cancelled,  // we are shutting down
  };
  Kind kind = Kind::silence;
  Addresses addresses;
  seconds life{};      // of the addresses
  std::string detail;  // of silence: whose
};

class Lookup {
 public:
  /// How long the first family that has addresses waits for the other: the Resolution Delay of RFC 8305.
  static constexpr milliseconds grace{50};

  /// Addresses kept of each family; a race does not get further.
  static constexpr std::size_t most_addresses = 8;

  /// `servers`: in the order in which they are to be asked. Each is asked once, and two questions are asked in any
  /// case.
  explicit Lookup(std::vector<std::size_t> servers);

  /// The server to ask; the caller asks it for both families.
  std::size_t first_server() const { return servers_.front(); }

  /// Hears an answer. Returns the server to ask next for that family, if it is to be asked again.
  std::optional<std::size_t> heard(Family family, Said said, TimePoint now);

  struct Verdict {
    Result<Addresses> answer;
    seconds life;  // how long it holds
  };

  /// What can be said of the name by now. It may get better until done().
  std::optional<Verdict> verdict(TimePoint now) const;

  /// When verdict() may have something to say although nothing was heard.
  std::optional<TimePoint> wake() const;

  /// Both families have been heard.
  bool done() const { return sides_[0].done && sides_[1].done; }

  /// The last that was heard was that nobody answers.
  bool silent() const;

 private:
  struct Side {
    std::size_t asked = 0;  // servers before this one have been heard
    bool done = false;
    Said said;
  };

  std::vector<std::size_t> servers_;  // one for each question, in order
  std::size_t different_;             // of them, before they come again
  std::array<Side, 2> sides_;
  std::vector<std::string> silent_servers_;
  bool anybody_spoke_ = false;
  std::optional<TimePoint> grace_end_;
};

}  // namespace gannet::net
