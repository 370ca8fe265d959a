#include "fetch/body_budget.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <limits>

namespace gannet::fetch {
namespace {

constexpr unsigned let_in_by_the_store = 32;
constexpr unsigned let_in_by_an_end = 2;  // one would keep as many under way as when it was full, for good

}  // namespace

struct BodyBudget::Waiter {
  Waiter(BodyBudget& all, std::deque<Waiter*>& in, Duration longest) : line(in), turn(all.io_, longest) {
    line.push_back(this);
  }
  ~Waiter() {
    if (!let_in) line.erase(std::ranges::find(line, this));
  }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  std::deque<Waiter*>& line;
  boost::asio::steady_timer turn;
  bool let_in = false;  // and taken out of the queue
};

BodyBudget::BodyBudget(boost::asio::io_context& io, ByteCount limit, std::function<bool()> store_has_room, Spool* spool,
                       milliseconds longest_wait)
    : io_(io), limit_(limit), store_has_room_(std::move(store_has_room)), longest_wait_(longest_wait), spool_(spool) {}

BodyBudget::Share::Place BodyBudget::Share::place(ByteCount whole) {
  if (kept_ > 0 || !is_cramped()) return Place::memory;
  if (budget_.spool_->takes()) return Place::disk;
  if (!budget_.keep(whole)) return Place::none;
  kept_ = whole;
  return Place::memory;
}

void BodyBudget::Share::spool(std::shared_ptr<SpooledBody>& to, Body piece) {
  if (!to) {
    to = std::make_shared<SpooledBody>(budget_.io_, *budget_.spool_,
                                       [&budget = budget_](ByteCount count) { budget.written(count); });
  }
  cover(piece.size());
  counted_ -= piece.size();
  budget_.spooling_ += piece.size();
  to->add(std::move(piece));
}

// One at least, or none of them would ever end.
bool BodyBudget::keep(ByteCount whole) {
  if (kept_ > 0 && kept_ + whole > limit_) return false;
  kept_ += whole;
  return true;
}

net::Task<void> BodyBudget::wait() {
  Waiter waiter(*this, waiting_, longest_wait_);
  co_await waiter.turn.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
}

net::Task<void> BodyBudget::wait_for_store() {
  while (passing_ || (store_has_room_ && !store_has_room_())) {
    Waiter waiter(*this, completed_, 24h);
    co_await waiter.turn.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  }
  passing_ = true;
}

void BodyBudget::pass_on() {
  passing_ = false;
  if (!completed_.empty()) let_in_first(completed_);
}

net::Task<void> BodyBudget::wait_for_disk() {
  while (disk_is_behind()) {
    Waiter waiter(*this, held_up_, 24h);
    co_await waiter.turn.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  }
}

void BodyBudget::written(ByteCount count) {
  spooling_ -= count;
  if (!disk_is_behind()) let_in_all(held_up_);
  give_back(count);
}

void BodyBudget::give_back(ByteCount count) {
  held_.store(held() - count, std::memory_order_relaxed);
  let_in(let_in_by_an_end);
}

void BodyBudget::store_made_room() {
  if (!passing_ && !completed_.empty()) let_in_first(completed_);
  let_in(let_in_by_the_store);
}

void BodyBudget::lift() {
  limit_ = std::numeric_limits<ByteCount>::max();
  store_has_room_ = nullptr;
  let_in_all(completed_);
  let_in_all(held_up_);
  let_in(std::numeric_limits<unsigned>::max());
}

void BodyBudget::let_in_first(std::deque<Waiter*>& line) {
  line.front()->let_in = true;
  line.front()->turn.cancel();
  line.pop_front();
}

void BodyBudget::let_in_all(std::deque<Waiter*>& line) {
  while (!line.empty()) let_in_first(line);
}

void BodyBudget::let_in(unsigned most) {
  for (unsigned count = 0; count < most && !waiting_.empty() && lets_in(); ++count) {
    let_in_first(waiting_);
  }
}

}  // namespace gannet::fetch
