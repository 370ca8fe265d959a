// Lets one coroutine wait for another in the same lane, without a timer and without a lock. Whoever waits is resumed
// from the event loop, never from within signal(). Lane thread only; must outlive the wait.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <utility>

#include "net/byte_stream.hpp"

namespace gannet::fetch {

class Wake {
 public:
  explicit Wake(boost::asio::io_context& io) : io_(io) {}
  Wake(const Wake&) = delete;
  Wake& operator=(const Wake&) = delete;

  /// Ends the wait, or the next one when nobody waits: it is remembered once.
  void signal() {
    if (waiter_) {
      boost::asio::post(io_, std::move(*std::exchange(waiter_, std::nullopt)));
    } else {
      signalled_ = true;
    }
  }

  /// One waiter at a time. Something must be sure to signal: there is no deadline.
  net::Task<void> wait() {
    if (std::exchange(signalled_, false)) co_return;
    auto keep = [this](Handler handler) { waiter_.emplace(std::move(handler)); };
    co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void()>(std::move(keep),
                                                                                       boost::asio::use_awaitable);
  }

 private:
  // What resumes the coroutine. Its own type, as any_completion_handler of Boost 1.81 copies itself without end in
  // post().
  using Handler = boost::asio::async_result<boost::asio::use_awaitable_t<>, void()>::handler_type;

  boost::asio::io_context& io_;
  std::optional<Handler> waiter_;
  bool signalled_ = false;
};

}  // namespace gannet::fetch
