#include "net/gate_wait.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace gannet::net {

namespace asio = boost::asio;

namespace {

constexpr seconds longest_wait{5};

}  // namespace

Task<Result<std::unique_ptr<AddressGate::Slot>>> pass(asio::io_context& io, Deadlines& deadlines, AddressGate& gate,
                                                      Addresses addresses, AddressGate::Patience patience,
                                                      TimePoint total_end) {
  // Shared with what the gate posts, which may arrive when this wait is long over.
  const auto bell = std::make_shared<asio::steady_timer>(io, TimePoint::max());
  std::function<void()> wake = [&io, bell] { asio::post(io, [bell] { bell->cancel(); }); };
  AddressGate::Waiter waiter(gate, addresses, patience, std::move(wake));
  auto slot = waiter.take_slot();
  if (!slot && !waiter.turned_away()) {
    const bool some = patience == AddressGate::Patience::some;
    Deadline deadline(
        deadlines, [bell] { bell->cancel(); }, Deadline::Counted::no);
    deadline.arm(some ? std::min(total_end, Clock::now() + longest_wait) : total_end, Reason::total_timeout);
    if (deadline.expired() == Reason::none) co_await bell->async_wait(asio::as_tuple(asio::use_awaitable));
    if (deadline.expired() == Reason::cancelled) co_return Fault{Reason::cancelled, {}};
    slot = waiter.take_slot();
  }
  if (slot) co_return std::move(slot);
  Fault full{Reason::cancelled, "no connection to " + addresses[0].to_string() + " is free"};
  full.again_in = waiter.come_again();
  co_return full;
}

}  // namespace gannet::net
