#include "net/address_gate.hpp"

#include <algorithm>
#include <utility>

namespace gannet::net {
namespace {

constexpr milliseconds first_come_again{100};
constexpr milliseconds last_come_again{10000};
constexpr std::size_t turned_away_at_once = 64;  // come again together; those behind them so much later

// Connected to as IPv4, so it is that.
AddressGate::Address normal(const AddressGate::Address& address) {
  if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address;
  return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6());
}

}  // namespace

AddressGate::Place& AddressGate::place_of(const Address& address) {
  const Address key = normal(address);
  return places_.try_emplace(key, key).first->second;
}

std::unique_ptr<AddressGate::Slot> AddressGate::take(Place& place) {
  if (place.slots == most_) return nullptr;
  ++place.slots;
  return std::unique_ptr<Slot>(new Slot(*this, place));
}

std::unique_ptr<AddressGate::Slot> AddressGate::enter(const Address& address) {
  const std::lock_guard lock(mutex_);
  return take(place_of(address));
}

void AddressGate::give_up_one(Place& place) {
  if (place.resting.empty()) return;
  Slot& slot = *place.resting.front();
  place.resting.pop_front();
  slot.state_ = Slot::State::given_up;
  slot.give_up_();
}

// Its slot goes to who is first in line.
void AddressGate::release(Place& place) {
  --place.slots;
  if (place.line.empty()) {
    if (place.slots == 0) places_.erase(Address(place.address));
    return;
  }
  Waiter& first = *place.line.front();
  first.slot_ = take(place);
  first.leave();
  first.wake_();
  // Whoever called for this slot may be another, who must not wait while connections elsewhere have nothing to do.
  if (place.line.empty()) return;
  for (Place* other : place.line.front()->places_) give_up_one(*other);
}

AddressGate::Slot::~Slot() {
  const std::lock_guard lock(gate_.mutex_);
  if (state_ == State::resting) place_.resting.erase(at_);
  gate_.release(place_);
}

bool AddressGate::Slot::rest(std::function<void()> give_up) {
  const std::lock_guard lock(gate_.mutex_);
  if (state_ != State::working || !place_.line.empty()) return false;
  give_up_ = std::move(give_up);
  at_ = place_.resting.insert(place_.resting.end(), this);
  state_ = State::resting;
  return true;
}

bool AddressGate::Slot::work() {
  const std::lock_guard lock(gate_.mutex_);
  if (state_ == State::given_up) return false;
  if (state_ == State::resting) place_.resting.erase(at_);
  state_ = State::working;
  return true;
}

bool AddressGate::Slot::given_up() const {
  const std::lock_guard lock(gate_.mutex_);
  return state_ == State::given_up;
}

bool AddressGate::Slot::wanted() const {
  const std::lock_guard lock(gate_.mutex_);
  return !place_.line.empty();
}

bool AddressGate::Slot::is_of(const Address& address) const { return place_.address == normal(address); }

AddressGate::Waiter::Waiter(AddressGate& gate, const std::vector<Address>& addresses, Patience patience,
                            std::function<void()> wake)
    : gate_(gate), wake_(std::move(wake)) {
  const std::lock_guard lock(gate_.mutex_);
  std::vector<Place*> places;
  for (const Address& address : addresses) {
    Place& place = gate_.place_of(address);
    slot_ = gate_.take(place);
    if (slot_) return;
    places.push_back(&place);
  }
  const auto crowded = [this](const Place* place) { return place->line.size() >= gate_.room(); };
  turned_away_ =
      patience == Patience::some && (gate_.waiting_ >= gate_.most_waiting_ || std::ranges::any_of(places, crowded));
  Place& place = *places.front();
  if (place.line.empty()) place.turned_away = 0;
  if (turned_away_) ++place.turned_away;
  const auto later = first_come_again * (1 + place.turned_away / turned_away_at_once);
  come_again_ = std::min<milliseconds>(later, last_come_again);
  const auto idle = std::ranges::find_if(places, [](const Place* one) { return !one->resting.empty(); });
  if (idle != places.end()) give_up_one(**idle);
  if (turned_away_) return;
  places_ = std::move(places);
  ++gate_.waiting_;
  for (Place* one : places_) one->line.push_back(this);
}

AddressGate::Waiter::~Waiter() {
  const std::lock_guard lock(gate_.mutex_);
  leave();
}

std::unique_ptr<AddressGate::Slot> AddressGate::Waiter::take_slot() {
  const std::lock_guard lock(gate_.mutex_);
  return std::move(slot_);
}

void AddressGate::Waiter::leave() {
  if (places_.empty()) return;
  for (Place* place : places_) std::erase(place->line, this);
  places_.clear();
  --gate_.waiting_;
}

}  // namespace gannet::net
