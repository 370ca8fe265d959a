#include "fetch/turns.hpp"

namespace gannet::fetch {

// On the frame of the coroutine that waits.
struct Turns::Waiter {
  Waiter(boost::asio::io_context& io, net::Deadlines& all)
      : wake(io),
        deadline(
            all, [this] { wake.signal(); }, net::Deadline::Counted::no) {}

  Wake wake;
  net::Deadline deadline;
  bool ended = false;  // the turn waited for
  Fault fault;
};

Turns::Turn Turns::begin(const std::string& origin) {
  waiting_.try_emplace(origin);
  return Turn(*this, origin);
}

net::Task<Result<void>> Turns::wait(std::string origin, TimePoint total_end) {
  Waiter waiter(io_, deadlines_);
  waiter.deadline.arm(total_end, Reason::total_timeout);
  if (waiter.deadline.expired() == Reason::none) {
    waiting_[origin].push_back(&waiter);
    co_await waiter.wake.wait();
    if (!waiter.ended) std::erase(waiting_[origin], &waiter);
  }
  if (!waiter.ended) co_return Fault{waiter.deadline.expired(), std::string(while_waiting_)};
  if (waiter.fault.reason != Reason::none) co_return waiter.fault;
  co_return Result<void>();
}

void Turns::end(const std::string& origin, const Fault& fault) {
  const auto found = waiting_.find(origin);
  if (found == waiting_.end()) return;
  const auto waiters = std::move(found->second);
  waiting_.erase(found);
  for (auto* waiter : waiters) {
    waiter->ended = true;
    waiter->fault = fault;
    waiter->wake.signal();
  }
}

}  // namespace gannet::fetch
