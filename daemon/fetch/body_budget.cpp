#include "fetch/body_budget.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <limits>

namespace gannet::fetch {
namespace {

constexpr seconds longest_wait{1};
constexpr unsigned let_in_together = 32;

}  // namespace

net::Task<void> BodyBudget::wait() {
  boost::asio::steady_timer turn(io_, longest_wait);
  waiting_.push_back(&turn);
  const auto [error] = co_await turn.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  if (!error) std::erase(waiting_, &turn);  // else whoever cancelled it has taken it out
}

void BodyBudget::store_made_room() {
  for (unsigned woken = 0; woken < let_in_together && !waiting_.empty(); ++woken) wake_next();
}

void BodyBudget::lift() {
  limit_ = std::numeric_limits<ByteCount>::max();
  store_has_room_ = nullptr;
  while (!waiting_.empty()) wake_next();
}

void BodyBudget::give_back(ByteCount count) {
  held_ -= count;
  if (count > 0 && !waiting_.empty() && lets_in()) wake_next();
}

void BodyBudget::wake_next() {
  waiting_.front()->cancel();
  waiting_.pop_front();
}

}  // namespace gannet::fetch
