// Whether it is our own network that is in trouble, and not the hosts: names or connections fail everywhere at once.
// Plain code without clock or queue; owned by the frontier, which tells it how attempts end, holds hosts back while it
// says so, and lets a probe through now and then. `now` never goes backwards.
//
// A failure may be ours when nothing at all came through since its attempt began, or for most of it when the host had
// worked before: no name server told of a name, or no host answered. Then it is not held against the line or the host,
// but only once for each host until it is reached again: the host is in doubt from then on. `least_hosts` that come
// into doubt within `window` are local trouble, and so are all that have lines, or all of them that were reached
// before, if they are two or more. One that has lines alone is, when it was reached before and no name server says
// anything any more. So dead hosts are none, be they thousands, in a list where others answer; and what is dead itself
// cannot be trouble twice.
#pragma once

#include <array>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/record.hpp"
#include "core/time.hpp"

namespace gannet::frontier {

class LocalTrouble {
 public:
  static constexpr std::size_t least_hosts = 8;
  static constexpr seconds window = 30s;

  static constexpr seconds first_probe = 1s;  // after it began; then twice as long each time
  static constexpr seconds longest_wait = 30s;

  /// Without any answer.
  static constexpr seconds silence = 1s;

  /// A name that was asked for before the end may still fail then, for somebody who asks for it after.
  static constexpr seconds names_linger = 10s;

  /// Then it is no longer believed, unless `least_hosts` of the hosts in doubt had been reached before: a list that has
  /// nothing but dead hosts must end too. Some eight minutes; an hour when all that were reached before are in doubt;
  /// two minutes of few hosts that were never reached, but whose names are known.
  static constexpr unsigned most_probes = 20;
  static constexpr unsigned most_probes_of_reached = 125;
  static constexpr unsigned most_probes_of_few = 8;

  /// What the end of an attempt says of the network between us and the world.
  enum class Sign : unsigned char {
    nothing,    // anything else
    reached,    // something out there answered
    no_name,    // no name server could tell
    no_server,  // none said anything at all
    no_way,     // no connection came about, and nobody refused it
    refused,    // by a host that is there, or by a firewall on the way: who knows
    broken_off  // an answer did not come or did not end, which may have any cause
  };

  /// What is remembered of a host; kept with it by the frontier.
  struct Standing {
    bool worked = false;               // it was reached once
    std::optional<TimePoint> doubted;  // since when nobody knows whether it is the host or us
  };

  /// The hosts that have lines, waiting or under way, and how many of them were reached once.
  struct Hosts {
    std::size_t all = 0;
    std::size_t reached = 0;
  };

  /// Hears how an attempt ended. True: that was probably ours, so it counts neither for the line nor for the host.
  bool ended(Standing& host, Sign sign, TimePoint started, Hosts hosts, TimePoint now);

  /// Whether a failure may be the first that is heard of trouble, as nothing was reached for a while. To be believed
  /// once for each line: a host may well be slow when the others are.
  bool silent(Sign sign, Hosts hosts, TimePoint now) const;

  /// When a name server last told of a name, as far as one lane knows.
  void names_answered(TimePoint when, TimePoint now);

  /// Counts beginnings and ends, of either kind: while it stays, so does what holds() says of a host that nothing else
  /// happens to.
  unsigned changes() const { return changes_; }

  bool active() const { return active(Cause::names) || active(Cause::ways); }

  /// Whether nothing is to be started on the host but a probe. While only names cannot be resolved, the hosts that
  /// work go on: their names are known.
  bool holds(const Standing& host) const;

  /// When a line of a host that is held may be started nevertheless; nothing without trouble.
  std::optional<TimePoint> next_probe() const;
  void probed(TimePoint now);

  struct Told {
    TimePoint since;
    std::string why;
  };
  std::optional<Told> told() const;

  /// What began or ended since this was last asked, in words for the log.
  std::vector<std::string> take_news() { return std::exchange(news_, {}); }

 private:
  enum class Cause : unsigned char { names, ways };

  struct Doubt {
    TimePoint since;
    bool worked;  // the host had, before
  };

  // Of one cause.
  struct Watch {
    TimePoint proven{};              // it worked then
    std::deque<Doubt> doubts;        // since then, until there is trouble
    std::optional<TimePoint> since;  // trouble
    std::size_t in_doubt = 0;        // hosts that came into doubt, before it began or since
    std::size_t worked_before = 0;   // those of them that had been reached before
    bool of_all_reached = false;     // when it began, those were all
    std::string why;
    TimePoint ended{};         // the last trouble
    TimePoint newest_start{};  // of the attempts that spoke for trouble
  };

  Watch& of(Cause cause) { return watches_[static_cast<std::size_t>(cause)]; }
  const Watch& of(Cause cause) const { return watches_[static_cast<std::size_t>(cause)]; }
  bool active(Cause cause) const { return of(cause).since.has_value(); }
  bool excused(const Standing& host, TimePoint started) const;
  bool believed(Cause cause) const;
  void doubt(Cause cause, bool worked, Hosts hosts, TimePoint now);
  void begin(Cause cause, TimePoint now);
  void end(Cause cause, TimePoint now, const std::string& how);

  std::array<Watch, 2> watches_;
  unsigned changes_ = 0;
  unsigned probes_ = 0;
  std::optional<TimePoint> next_probe_;
  std::optional<TimePoint> last_probe_;  // when it started, while it counts
  std::vector<std::string> news_;
};

LocalTrouble::Sign sign_of(const Record& record);

}  // namespace gannet::frontier
