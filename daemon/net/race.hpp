// The race of a name's addresses for one connection (RFC 8305): whose turn is next and when, and how it ended if nobody
// won. Plain code without sockets; `now` is passed in and never goes backwards. One object a race, owned by the dialer.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <vector>

#include "core/reason.hpp"
#include "core/time.hpp"

namespace gannet::net {

using Addresses = std::vector<boost::asio::ip::address>;

/// The families in turn, IPv6 first; within a family the order stays.
Addresses interleaved(const Addresses& addresses);

class Race {
 public:
  /// How long an attempt is alone before the next one joins: the Connection Attempt Delay that RFC 8305 recommends.
  static constexpr milliseconds head_start{250};

  /// Attempts under way at once. Each holds a descriptor, and a name may have any number of addresses.
  static constexpr std::size_t most_at_once = 8;

  Race(std::size_t addresses, TimePoint end) : addresses_(addresses), end_(end) {}

  struct Move {
    enum class Kind : unsigned char {
      start,  // an attempt at the address with this number
      wait,   // for an attempt to end, or until then
      late,   // the end has come: give up
      lost,   // every address has failed: give up
    };
    Kind kind = Kind::wait;
    std::size_t address = 0;
    TimePoint until{};
  };

  /// What to do now. Asked again after each start, each failed(), and when a wait is over.
  Move next(TimePoint now);

  /// An attempt failed: the next need not wait.
  void failed(Fault fault, TimePoint now);

  /// The most telling of what was heard. A refusal says that a machine is there and nobody listens; silence may mean
  /// anything; a network that cannot be reached is often only the family that this machine does not have.
  Fault fault() const;

 private:
  std::size_t addresses_;
  TimePoint end_;
  std::size_t started_ = 0;
  std::size_t failed_ = 0;
  TimePoint next_start_{};
  Fault told_{Reason::none, {}};
};

}  // namespace gannet::net
