// How many connections there may be to one IP address, whatever lane and host they are for. Who finds no room waits in
// line, and an idle connection to the address is given up for that, whichever lane holds it.
//
// The one thing that lanes share, and nobody has one unless the limit is set. Any thread: a lock is held for a few
// steps, and callbacks are called with it, so all they may do is to post to their lane. Must outlive slots and waiters.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "core/time.hpp"

namespace gannet::net {

class AddressGate {
 public:
  using Address = boost::asio::ip::address;

  /// At most `most` connections to each address, and at most `most_waiting` waiters altogether.
  AddressGate(unsigned most, std::size_t most_waiting) : most_(most), most_waiting_(most_waiting) {}
  AddressGate(const AddressGate&) = delete;
  AddressGate& operator=(const AddressGate&) = delete;

  class Slot;

  /// The right to one connection to it; null when there is no room now.
  std::unique_ptr<Slot> enter(const Address& address);

  enum class Patience : unsigned char {
    some,  // is turned away when too many wait already
    any
  };
  class Waiter;

 private:
  struct Place {  // what there is of one address
    explicit Place(const Address& of) : address(of) {}

    Address address;
    unsigned slots = 0;
    std::deque<Waiter*> line;
    std::list<Slot*> resting;     // the longest first
    std::size_t turned_away = 0;  // since nobody was in line
  };

  Place& place_of(const Address& address);
  std::unique_ptr<Slot> take(Place& place);
  void release(Place& place);
  static void give_up_one(Place& place);
  std::size_t room() const { return 16 + 2 * std::size_t{most_}; }

  std::mutex mutex_;
  unsigned most_;
  std::size_t most_waiting_;
  std::size_t waiting_ = 0;
  std::unordered_map<Address, Place> places_;
};

/// Of one connection, from before it is opened until it has been closed.
class AddressGate::Slot {
 public:
  ~Slot();
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;

  /// Nobody uses the connection now. False: somebody waits, so close it. Otherwise `give_up` may be called, once, on
  /// any thread: it must see to it that the connection is closed soon, if work() has not been called meanwhile.
  bool rest(std::function<void()> give_up);

  /// It is used again. False: it is being given up.
  bool work();

  bool given_up() const;

  /// Whether somebody waits for the address.
  bool wanted() const;

  /// Whether it is of this address. An IPv4 address that is written as IPv6 (::ffff:192.0.2.1) is the same.
  bool is_of(const Address& address) const;

 private:
  friend class AddressGate;
  Slot(AddressGate& gate, Place& place) : gate_(gate), place_(place) {}

  AddressGate& gate_;
  Place& place_;
  enum class State : unsigned char { working, resting, given_up } state_ = State::working;
  std::list<Slot*>::iterator at_;  // while resting
  std::function<void()> give_up_;
};

/// In line for any of some addresses, from its construction on, first come, first served. Of one thread; `wake` is
/// called once on any, when there is a slot.
class AddressGate::Waiter {
 public:
  Waiter(AddressGate& gate, const std::vector<Address>& addresses, Patience patience, std::function<void()> wake);
  ~Waiter();
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  /// Whether it is not in line, as too many are.
  bool turned_away() const { return turned_away_; }

  /// When it is, or has waited for too long, it had best come again after so long: the longer the more were turned
  /// away.
  milliseconds come_again() const { return come_again_; }

  /// Null while there is none.
  std::unique_ptr<Slot> take_slot();

 private:
  friend class AddressGate;
  void leave();  // with the lock

  AddressGate& gate_;
  std::function<void()> wake_;
  std::vector<Place*> places_;  // in whose lines it is
  bool turned_away_ = false;
  milliseconds come_again_{0};
  std::unique_ptr<Slot> slot_;
};

}  // namespace gannet::net
