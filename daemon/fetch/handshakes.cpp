#include "fetch/handshakes.hpp"

namespace gannet::fetch {
namespace {

constexpr std::size_t most_remembered = 20000;  // origins; then all are forgotten, which costs each one waiting

}  // namespace

// On the frame of the coroutine that waits.
struct Handshakes::Waiter {
  Waiter(boost::asio::io_context& io, net::Deadlines& all)
      : wake(io),
        deadline(
            all, [this] { wake.signal(); }, net::Deadline::Counted::no) {}

  Wake wake;
  net::Deadline deadline;
  bool ended = false;  // the turn waited for
  Fault fault;
};

Handshakes::Known Handshakes::known(const std::string& origin) const {
  const auto found = known_.find(origin);
  return found == known_.end() ? Known::nothing : found->second;
}

void Handshakes::learn(const std::string& origin, Known what) {
  if (known_.size() >= most_remembered) known_.clear();
  known_[origin] = what;
}

Handshakes::Turn Handshakes::begin(const std::string& origin) {
  waiting_.try_emplace(origin);
  return Turn(*this, origin);
}

net::Task<Result<void>> Handshakes::wait(std::string origin, TimePoint total_end) {
  Waiter waiter(io_, deadlines_);
  waiter.deadline.arm(total_end, Reason::total_timeout);
  if (waiter.deadline.expired() == Reason::none) {
    waiting_[origin].push_back(&waiter);
    co_await waiter.wake.wait();
    if (!waiter.ended) std::erase(waiting_[origin], &waiter);
  }
  if (!waiter.ended) co_return Fault{waiter.deadline.expired(), "while another request was connecting"};
  if (waiter.fault.reason != Reason::none) co_return waiter.fault;
  co_return Result<void>();
}

void Handshakes::end(const std::string& origin, const Fault& fault) {
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
