#include "fetch/body_budget.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <limits>

namespace gannet::fetch {
namespace {

constexpr ByteCount bodies_that_fill_it = 16;  // however large each is: one host alone can hardly do it
constexpr unsigned let_in_by_the_store = 32;
constexpr unsigned let_in_by_an_end = 2;  // one would keep as many under way as when it was full, for good

}  // namespace

struct BodyBudget::Waiter {
  explicit Waiter(BodyBudget& all) : budget(all), turn(all.io_, all.longest_wait_) { budget.waiting_.push_back(this); }
  ~Waiter() {
    if (!let_in) budget.waiting_.erase(std::ranges::find(budget.waiting_, this));
  }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  BodyBudget& budget;
  boost::asio::steady_timer turn;
  bool let_in = false;  // and taken out of the queue
};

BodyBudget::BodyBudget(boost::asio::io_context& io, ByteCount limit, std::function<bool()> store_has_room,
                       milliseconds longest_wait)
    : io_(io), limit_(limit), store_has_room_(std::move(store_has_room)), longest_wait_(longest_wait) {}

void BodyBudget::Share::grow(ByteCount count) {
  const ByteCount most = budget_.limit_ / bodies_that_fill_it;
  const ByteCount more = std::min(count, most - std::min(counted_, most));
  counted_ += more;
  budget_.held_ += more;
}

net::Task<void> BodyBudget::wait() {
  Waiter waiter(*this);
  co_await waiter.turn.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
}

void BodyBudget::give_back(ByteCount count) {
  held_ -= count;
  let_in(let_in_by_an_end);
}

void BodyBudget::store_made_room() { let_in(let_in_by_the_store); }

void BodyBudget::lift() {
  limit_ = std::numeric_limits<ByteCount>::max();
  store_has_room_ = nullptr;
  let_in(std::numeric_limits<unsigned>::max());
}

void BodyBudget::let_in(unsigned most) {
  for (unsigned count = 0; count < most && !waiting_.empty() && lets_in(); ++count) {
    waiting_.front()->let_in = true;
    waiting_.front()->turn.cancel();
    waiting_.pop_front();
  }
}

}  // namespace gannet::fetch
