#include "net/race.hpp"

#include <algorithm>

namespace gannet::net {
namespace {

int weight(Reason reason) {
  if (reason == Reason::connect_refused) return 3;
  if (reason == Reason::connect_timeout) return 2;
  return reason == Reason::none ? 0 : 1;
}

}  // namespace

Addresses interleaved(const Addresses& addresses) {
  Addresses six, four, all;
  for (const auto& address : addresses) (address.is_v6() ? six : four).push_back(address);
  all.reserve(addresses.size());
  for (std::size_t i = 0; i < std::max(six.size(), four.size()); ++i) {
    if (i < six.size()) all.push_back(six[i]);
    if (i < four.size()) all.push_back(four[i]);
  }
  return all;
}

Race::Move Race::next(TimePoint now) {
  if (now >= end_) return {Move::Kind::late};
  const auto running = started_ - failed_;
  if (started_ == addresses_) return running == 0 ? Move{Move::Kind::lost} : Move{Move::Kind::wait, 0, end_};
  if (running >= most_at_once) return {Move::Kind::wait, 0, end_};
  if (now < next_start_) return {Move::Kind::wait, 0, std::min(next_start_, end_)};
  next_start_ = now + head_start;
  return {Move::Kind::start, started_++};
}

void Race::failed(Fault fault, TimePoint now) {
  ++failed_;
  next_start_ = now;
  if (weight(fault.reason) > weight(told_.reason)) told_ = std::move(fault);
}

Fault Race::fault() const { return {told_.reason, told_.detail + (started_ > 1 ? " and others" : "")}; }

}  // namespace gannet::net
